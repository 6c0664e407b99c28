/*
 * docs.js: shows what openapi.json describes, and calls it.  Nobody but this
 * site is asked for anything.
 */
"use strict";

/* Indented, with the digits of numbers as they came; else as it is. */
function layOut(json) {
	const keepDigits = (key, value, { source }) =>
		typeof value === "number" ? JSON.rawJSON(source) : value;

	try {
		return JSON.stringify(JSON.parse(json, keepDigits), null, "  ");
	} catch {
		return json;
	}
}

/*
 * Swagger UI itself shows numbers of replies as doubles, which loses integers
 * past 2^53.
 */
const exactReplies = ({ React }) => ({
	wrapComponents: {
		responseBody: (ResponseBody) => (props) => {
			const { content, contentType, getComponent } = props;
			const code = { language: "json", fileName: "reply.json",
			               downloadable: true, canCopy: true };

			if (!/json/.test(contentType) || typeof content !== "string")
				return React.createElement(ResponseBody, props);
			return React.createElement("div", null,
				React.createElement("h5", null, "Response body"),
				React.createElement(getComponent("HighlightCode", true),
				                    code, layOut(content)));
		},
	},
});

SwaggerUIBundle({
	url: "openapi.json",
	domNode: document.getElementById("docs"),
	plugins: [exactReplies],
	validatorUrl: null,
	deepLinking: true,
	displayRequestDuration: true,
});
