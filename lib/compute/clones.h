/*
 * clones.h: MR_CLONES before a function has it compiled once more for each
 * newer set of vector instructions; the loader takes the best that the
 * processor has.
 */
#ifndef MR_COMPUTE_CLONES_H
#define MR_COMPUTE_CLONES_H

#ifdef __x86_64__
#define MR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MR_CLONES
#endif

#endif
