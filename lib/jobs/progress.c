/*
 * progress.c: progress judged, and as a small JSON document.
 */
#include "jobs/progress.h"

#include "base/document.h"

#include <math.h>
#include <stdio.h>

double
mr_progress_fraction(const struct mr_job_progress *progress)
{
	if (!(progress->total > 0) || !isfinite(progress->total) ||
	    !isfinite(progress->done))
		return NAN;
	return fmin(fmax(progress->done / progress->total, 0), 1);
}

double
mr_progress_left(const struct mr_job_progress *progress)
{
	double fraction = mr_progress_fraction(progress);
	double gained = fraction - progress->first;

	if (fraction >= 1)
		return 0;
	if (!(gained > 0) || !(progress->elapsed > 0))
		return NAN;
	return progress->elapsed * (1 - fraction) / gained;
}

/* JSON has no other numbers than finite ones. */
static void
add_number(struct mr_document *parent, const char *name, double number)
{
	char text[32];

	snprintf(text, sizeof(text), "%.17g", number);
	mr_document_literal(parent, name, isfinite(number) ? text : "null");
}

void
mr_progress_write(const struct mr_job_progress *progress,
                  struct mr_buffer *text)
{
	struct mr_document *document = mr_document_new();
	struct mr_document *figures;
	char *printed;

	add_number(document, "done", progress->done);
	add_number(document, "total", progress->total);
	mr_document_string(document, "phase", progress->phase);
	add_number(document, "first", progress->first);
	add_number(document, "elapsed", progress->elapsed);
	figures = mr_document_array(document, "figures");
	for (size_t i = 0; i < MR_FIGURES; i++) {
		const struct mr_figure *figure = &progress->figures[i];
		struct mr_document *object;

		if (figure->name[0] == '\0')
			continue;
		object = mr_document_object(figures, NULL);
		mr_document_string(object, "name", figure->name);
		add_number(object, "value", figure->value);
	}
	printed = mr_document_print(document, text->arena);
	mr_document_free(document);
	if (printed == NULL)
		text->failed = true;
	else
		mr_buffer_puts(text, printed);
}

static void
copy_name(char name[MR_PROGRESS_NAME], const struct mr_document *object,
          const char *member)
{
	snprintf(name, MR_PROGRESS_NAME, "%s",
	         mr_document_get_string(object, member, ""));
}

bool
mr_progress_read(const char *text, struct mr_job_progress *progress)
{
	struct mr_document *document =
	    text == NULL ? NULL : mr_document_parse(text, strlen(text));
	const struct mr_document *figure;
	bool known = mr_document_member(document, "done") != NULL;

	*progress = (struct mr_job_progress){
		.done = mr_document_get_number(document, "done", NAN),
		.total = mr_document_get_number(document, "total", NAN),
		.first = mr_document_get_number(document, "first", NAN),
		.elapsed = mr_document_get_number(document, "elapsed", NAN),
	};
	copy_name(progress->phase, document, "phase");
	figure = mr_document_first(mr_document_member(document, "figures"));
	for (size_t i = 0; i < MR_FIGURES && figure != NULL; i++) {
		copy_name(progress->figures[i].name, figure, "name");
		progress->figures[i].value =
		    mr_document_get_number(figure, "value", NAN);
		figure = mr_document_next(figure);
	}
	mr_document_free(document);
	return known;
}
