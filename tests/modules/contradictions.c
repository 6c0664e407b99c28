/*
 * contradictions.c: endpoints that contradict themselves, each in one way; for
 * tests.  It compiles, and no server starts with it.
 */
#include "millrace.h"

struct number {
	double value, other;
	bool given;
};
struct box {
	MR_ARRAY(struct number) numbers;
	struct mr_matrix matrix;
	enum colour { RED, GREEN } colour;
};

/* An endpoint without a result; what is wrong stands in the rows behind it. */
#define BAD(name, type, method, path, ...)                                     \
	struct name##_in {                                                     \
		struct type in;                                                \
	};                                                                     \
	MR_NOTHING(name##_out);                                                \
	static enum mr_err name(mr_call *call, const struct name##_in *in,     \
	                        struct name##_out *out)                        \
	{                                                                      \
		(void)call;                                                    \
		(void)in;                                                      \
		(void)out;                                                     \
		return MR_OK;                                                  \
	}                                                                      \
	static const struct mr_field name##_in[] = { __VA_ARGS__ };            \
	MR_ENDPOINT(name, method, path, "Cannot be served")

#define BAD_NUMBER(name, ...)                                                  \
	BAD(name, number, MR_POST, "/contradictions/" #name, __VA_ARGS__)
#define BAD_BOX(name, ...)                                                     \
	BAD(name, box, MR_POST, "/contradictions/" #name, __VA_ARGS__)

BAD_NUMBER(default_outside,
           MR_OPTIONAL(struct number, value, "t", MR_RANGE(0, 1), "2"));
BAD_NUMBER(example_outside, MR_PARAM(struct number, value, "t",
                                     MR_RANGE(0, 1), .example = "-1"));
BAD_NUMBER(default_of_required, MR_PARAM(struct number, value, "t",
                                         MR_RANGE(0, 1),
                                         .default_value = "1"));
BAD_NUMBER(absent_but_required,
           MR_PARAM(struct number, value, "t", MR_RANGE(0, 1),
                    MR_OR_ABSENT(struct number, given)));
BAD_NUMBER(absent_with_default,
           MR_OPTIONAL(struct number, value, "t", MR_RANGE(0, 1), "1",
                       MR_OR_ABSENT(struct number, given)));
BAD_NUMBER(two_of_one_name,
           MR_PARAM(struct number, value, "t", MR_RANGE(0, 1)),
           MR_PARAM(struct number, other, "t", MR_RANGE(0, 1)),
           MR_PARAM(struct number, value, "t", MR_RANGE(0, 1)));
BAD_NUMBER(upside_down,
           MR_PARAM(struct number, value, "t", MR_RANGE(1, 0)));
BAD_NUMBER(wrong_bounds,
           MR_PARAM(struct number, value, "t", MR_LENGTH(0, 1)));
BAD_NUMBER(no_text, MR_PARAM(struct number, value, "", MR_RANGE(0, 1)));
BAD_NUMBER(flag_outside,
           MR_PARAM(struct number, value, "t", MR_RANGE(0, 1),
                    .or_null = true, .flag = 1000));
BAD_BOX(choice_twice, MR_PARAM(struct box, colour, "t",
                               MR_CHOICES("red", "green", "red")));
BAD_BOX(no_choice, MR_PARAM(struct box, colour, "t", MR_CHOICES(NULL)));
BAD_BOX(no_columns,
        MR_PARAM(struct box, matrix, "t",
                 MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(2, 1), 0, 1)));
BAD_BOX(null_for_choice, MR_PARAM(struct box, colour, "t",
                                 MR_CHOICES("red", "green"),
                                 .null_if_not_finite = true));
BAD(not_in_query, box, MR_GET, "/contradictions/not_in_query",
    MR_PARAM(struct box, matrix, "t",
             MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1)));

/* The same inside of an array of objects. */

static const struct mr_field number[] = {
	MR_OPTIONAL(struct number, value, "t", MR_RANGE(0, 1), "2"),
	MR_PARAM(struct number, other, "t", MR_RANGE(0, 1), .in_query = true),
};
BAD_BOX(inside, MR_OBJECTS(struct box, numbers, "t", number,
                           MR_LENGTH(0, 1)));

/* What lies beside the rows. */

BAD(taken, number, MR_GET, "/sum-squares",
    MR_PARAM(struct number, value, "t", MR_RANGE(0, 1)));
BAD(no_path, number, MR_GET, "contradictions",
    MR_PARAM(struct number, value, "t", MR_RANGE(0, 1)));
BAD(dots, number, MR_GET, "/contradictions/../dots",
    MR_PARAM(struct number, value, "t", MR_RANGE(0, 1)));

MR_MODULE(&mr_endpoint_default_outside, &mr_endpoint_example_outside,
          &mr_endpoint_default_of_required, &mr_endpoint_absent_but_required,
          &mr_endpoint_absent_with_default, &mr_endpoint_two_of_one_name,
          &mr_endpoint_upside_down, &mr_endpoint_wrong_bounds,
          &mr_endpoint_no_text, &mr_endpoint_flag_outside,
          &mr_endpoint_choice_twice, &mr_endpoint_no_choice,
          &mr_endpoint_no_columns, &mr_endpoint_null_for_choice,
          &mr_endpoint_not_in_query, &mr_endpoint_inside, &mr_endpoint_taken,
          &mr_endpoint_no_path, &mr_endpoint_dots);
