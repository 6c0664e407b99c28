/*
 * exchange.c: words for the reply.
 */
#include "api/exchange.h"

#include "base/buffer.h"

enum mr_err
mr_exchange_fail(struct mr_exchange *exchange, enum mr_err err,
                 const char *format, ...)
{
	va_list values;

	va_start(values, format);
	mr_problem_say(&exchange->problem, exchange->arena, format, values);
	va_end(values);
	return err;
}

enum mr_err
mr_exchange_fail_format(struct mr_exchange *exchange, enum mr_err err,
                        const char *words,
                        bool (*serves)(const struct mr_endpoint *,
                                       enum mr_format))
{
	struct mr_buffer types = { .arena = exchange->arena };

	for (int format = 0; format < MR_FORMAT_COUNT; format++)
		if (serves(exchange->endpoint, (enum mr_format)format))
			mr_buffer_printf(
			    &types, "%s%s%s", types.length == 0 ? "" : " or ",
			    mr_format_type((enum mr_format)format),
			    format == MR_FORMAT_JSON ? " in UTF-8" : "");
	return mr_exchange_fail(exchange, err, "%s %s", words,
	                        types.failed ? "" : types.data);
}
