/*
 * npy.h: the container that NumPy saves one array in: a header that is a
 * Python dictionary, then the elements.  What elements mean to a row is not
 * known here.
 */
#ifndef MR_SCHEMA_NPY_H
#define MR_SCHEMA_NPY_H

#include "base/buffer.h"
#include "millrace.h"

#define MR_NPY_HEADER_LONGEST ((size_t)64 << 10) /* bytes of the dictionary */
#define MR_NPY_DIMENSIONS 64                     /* no NumPy has more */

/* The types of elements that are known: symbol, descr, bytes. */
#define MR_NPY_TYPES(X)                                                        \
	X(I1, "|i1", 1)                                                        \
	X(I2, "<i2", 2)                                                        \
	X(I4, "<i4", 4)                                                        \
	X(I8, "<i8", 8)                                                        \
	X(U1, "|u1", 1)                                                        \
	X(U2, "<u2", 2)                                                        \
	X(U4, "<u4", 4)                                                        \
	X(U8, "<u8", 8)                                                        \
	X(F2, "<f2", 2)                                                        \
	X(F4, "<f4", 4)                                                        \
	X(F8, "<f8", 8)                                                        \
	X(B1, "|b1", 1)

enum mr_npy_type {
#define MR_NPY_SYMBOL(symbol, descr, size) MR_NPY_##symbol,
	MR_NPY_TYPES(MR_NPY_SYMBOL)
#undef MR_NPY_SYMBOL
	MR_NPY_OTHER, /* big-endian, text, a record, ... */
	MR_NPY_TYPE_COUNT
};

struct mr_npy {
	enum mr_npy_type type;
	bool fortran; /* the first index runs fastest */
	size_t dimensions;
	size_t shape[MR_NPY_DIMENSIONS];
	const unsigned char *data; /* in the file */
	size_t count, size;        /* elements, bytes of each; unless OTHER */

	const char *reason; /* of MR_SYNTAX, a clause */
	size_t offset;      /* of MR_SYNTAX, the byte */
};

/*
 * Takes a whole file apart, of version 1.0, 2.0 or 3.0.  Of an array of a
 * known type, there are exactly as many bytes as it needs.
 * MR_OK, MR_SYNTAX.
 */
enum mr_err mr_npy_read(struct mr_npy *npy, struct mr_string file);

/*
 * Appends what stands before the data: MR_NPY_HEADER bytes, the same that
 * NumPy writes.  Of npy, type (a known one), dimensions (1 or 2) and shape
 * are used.
 */
#define MR_NPY_HEADER 128
void mr_npy_write(const struct mr_npy *npy, struct mr_buffer *file);

#endif
