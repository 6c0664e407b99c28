# code.awk: the part of a line of C that is code: comments become nothing,
# strings and characters become "".  Call it on every line, in order, and
# with `fresh` true on the first of a file.
function code(line, fresh,    out, at, token) {
	if (fresh)
		in_comment = 0
	while (line != "") {
		if (in_comment) {
			at = index(line, "*/")
			if (at == 0)
				return out
			in_comment = 0
			line = substr(line, at + 2)
		}
		if (!match(line, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/\*|\/\/.*/))
			return out line
		token = substr(line, RSTART, 2)
		out = out substr(line, 1, RSTART - 1)
		line = substr(line, RSTART + RLENGTH)
		if (token == "/*")
			in_comment = 1
		else if (token != "//")
			out = out "\"\""
	}
	return out
}
