/*
 * endpoint.c: what follows from the members of an endpoint.
 */
#include "api/endpoint.h"

#include "schema/shape.h"

const char *
mr_method_name(enum mr_method method)
{
	static const char *const names[MR_METHOD_COUNT] = {
		[MR_GET] = "GET",
		[MR_POST] = "POST",
	};

	return names[method];
}

const char *
mr_endpoint_pool(const struct mr_endpoint *endpoint)
{
	return endpoint->pool == NULL ? "fast" : endpoint->pool;
}

bool
mr_endpoint_is_public(const struct mr_endpoint *endpoint)
{
	return !endpoint->internal;
}

bool
mr_endpoint_wants_body(const struct mr_endpoint *endpoint)
{
	size_t count = mr_shape_count(&endpoint->in);

	for (size_t i = 0; endpoint->method == MR_POST && i < count; i++)
		if (!endpoint->in.fields[i].in_query)
			return true;
	return false;
}

size_t
mr_endpoint_body_limit(const struct mr_endpoint *endpoint)
{
	return endpoint->body_limit == 0 ? MR_BODY_LIMIT
	                                 : endpoint->body_limit;
}

void
mr_endpoints_allow(const struct mr_endpoint *const *endpoints, size_t count,
                   struct mr_buffer *allow)
{
	for (size_t i = 0; i < count; i++) {
		mr_buffer_puts(allow, mr_method_name(endpoints[i]->method));
		mr_buffer_puts(allow, endpoints[i]->method == MR_GET ? ", HEAD, "
		                                                     : ", ");
	}
	mr_buffer_puts(allow, "OPTIONS");
}
