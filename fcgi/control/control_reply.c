/*
 * control_reply.c: words, bodies, headers, and query strings with one flag at most.
 */
#include "fcgi/control/control_reply.h"

#include "base/nearest.h"
#include "schema/query.h"

#include <string.h>

enum mr_err
control_reply_fail(struct control_reply *answer, enum mr_err err,
                   const char *format, ...)
{
	va_list values;

	va_start(values, format);
	mr_problem_say(&answer->problem, answer->arena, format, values);
	va_end(values);
	return err;
}

enum mr_err
control_reply_send(struct control_reply *answer, const char *type,
                   const char *text)
{
	if (text == NULL)
		return MR_MEMORY;
	answer->reply->status = 200;
	answer->reply->content_type = type;
	answer->reply->body = (struct mr_string){ text, strlen(text) };
	return MR_OK;
}

/* Query strings. */

static bool
is_one_of(struct mr_string value, const char *const *words)
{
	while (*words != NULL && (strlen(*words) != value.length ||
	                          memcmp(*words, value.data, value.length) != 0))
		words++;
	return *words != NULL;
}

static const char *const yes[] = { "", "1", "true", NULL };
static const char *const no[] = { "0", "false", NULL };

/* What is wrong with a parameter; MR_FAULT_COUNT: nothing. */
static enum mr_fault_kind
judge(const char *flag, const struct mr_parameter *parameter,
      struct mr_nearest *nearest)
{
	const char *const flags[] = { flag, NULL };

	nearest->wanted = parameter->name.data;
	if (flag != NULL)
		mr_nearest_offer(nearest, flag);
	if (!is_one_of(parameter->name, flags))
		return nearest->name == NULL ? MR_FAULT_EXTRA
		                             : MR_FAULT_MISNAMED;
	return is_one_of(parameter->value, yes) ||
	               is_one_of(parameter->value, no)
	           ? MR_FAULT_COUNT
	           : MR_FAULT_BOOL_PARSING;
}

static enum mr_err
read_parameters(const struct mr_query *query, const char *flag, bool *set,
                struct mr_faults *faults)
{
	const struct mr_place root = { .name = { "query", 5 } };

	for (size_t i = 0; i < query->count; i++) {
		const struct mr_parameter *parameter = &query->parameters[i];
		const struct mr_place place = { &root, parameter->name, 0 };
		struct mr_nearest nearest = { 0 };
		enum mr_fault_kind kind = judge(flag, parameter, &nearest);

		if (kind == MR_FAULT_COUNT)
			*set = is_one_of(parameter->value, yes);
		else
			mr_fault_add(faults, kind, &place,
			             kind == MR_FAULT_MISNAMED ? nearest.name
			                                       : NULL);
	}
	return faults->count > 0 ? MR_INVALID : MR_OK;
}

enum mr_err
control_reply_malformed(struct control_reply *answer, const char *reason,
                        size_t offset)
{
	answer->problem.has_offset = true;
	answer->problem.offset = offset;
	return control_reply_fail(answer, MR_SYNTAX,
	                   "The query string is malformed: %s", reason);
}

enum mr_err
control_reply_read_flag(struct control_reply *answer, const char *flag,
                        bool *set)
{
	struct mr_faults *faults = mr_arena_alloc(answer->arena, sizeof(*faults));
	struct mr_query query = { 0 };
	enum mr_err err;

	if (faults == NULL)
		return MR_MEMORY;
	err = mr_query_parse(&query, answer->request->query, answer->arena);
	if (err == MR_SYNTAX)
		return control_reply_malformed(answer, query.reason, query.offset);
	if (err != MR_OK)
		return err;
	faults->arena = answer->arena;
	answer->problem.faults = faults;
	err = read_parameters(&query, flag, set, faults);
	if (err == MR_OK)
		answer->problem.faults = NULL;
	return err;
}
