/*
 * edition_next.c: what edition.c becomes; for tests.
 */
#define EDITION 2

#include "edition.c"
