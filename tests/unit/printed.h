/*
 * printed.h: a document of each test's own, and its text.
 */
#ifndef MR_TESTS_PRINTED_H
#define MR_TESTS_PRINTED_H

#include "base/document.h"
#include "unit.h"

static struct mr_document *document;

static void
printed_setup(void)
{
	document = mr_document_new();
}

static void
printed_teardown(void)
{
	mr_document_free(document);
}

static const char *
printed(void)
{
	return mr_document_print(document, arena);
}

#endif
