/*
 * asian_option.c: see the header.
 */
#include "compute/asian_option.h"

#include "compute/clones.h"
#include "compute/elementary.h"
#include "compute/normal.h"

#include <math.h>

#define LANES 256 /* paths side by side: what they need fits the L1 cache */

/* All in units of the spot, and of one step. */
struct motion {
	double drift, deviation; /* of the logarithm of the price */
};

struct lanes {
	double normal[2][LANES];
	double logarithm[LANES];      /* of the price now, */
	double sum_logarithms[LANES]; /* of those so far, */
	double sum[LANES];            /* and of the prices themselves */
};

static struct motion
motion_of(const struct mr_asian_option *option)
{
	double step = option->maturity / (double)option->steps;
	double variance = option->volatility * option->volatility;

	return (struct motion){
		.drift = (option->rate - variance / 2) * step,
		.deviation = option->volatility * sqrt(step),
	};
}

/*
 * The logarithm of the geometric average is normal: its mean is that of a
 * random walk in the middle of n steps, its variance (n + 1) (2n + 1) / 6n of
 * one step's.
 */
double
mr_asian_geometric_price(const struct mr_asian_option *option)
{
	struct motion motion = motion_of(option);
	double n = (double)option->steps;
	double mean = mr_log(option->spot) + motion.drift * (n + 1) / 2;
	double deviation =
	    motion.deviation * sqrt((n + 1) * (2 * n + 1) / (6 * n));
	double forward = mr_exp(mean + deviation * deviation / 2);
	double discount = mr_exp(-option->rate * option->maturity);
	double sign = option->option == MR_OPTION_CALL ? 1 : -1;
	double d;

	if (deviation == 0)
		return discount * fmax(sign * (forward - option->strike), 0);
	d = (mean - mr_log(option->strike)) / deviation;
	return discount * sign *
	       (forward * mr_normal_cdf(sign * (d + deviation)) -
	        option->strike * mr_normal_cdf(sign * d));
}

MR_CLONES static void
step(struct lanes *lanes, const double normal[LANES], struct motion motion)
{
	for (size_t i = 0; i < LANES; i++) {
		double x = lanes->logarithm[i] +
		           (motion.drift + motion.deviation * normal[i]);

		lanes->logarithm[i] = x;
		lanes->sum_logarithms[i] += x;
		lanes->sum[i] += mr_exp(x);
	}
}

static void
walk(const struct mr_asian_option *option, struct mr_normal_draw draw,
     struct lanes *lanes)
{
	struct motion motion = motion_of(option);

	memset(lanes, 0, sizeof(*lanes));
	for (int64_t i = 0; i < option->steps; i++) {
		if (i % 2 == 0) {
			draw.pair = (uint32_t)(i / 2);
			mr_normal_fill(&draw, LANES, lanes->normal[0],
			               lanes->normal[1]);
		}
		step(lanes, lanes->normal[i % 2], motion);
	}
}

/* What a path adds to the sums is less its expectation, or nearly so. */
struct payoff {
	double spot, strike, sign, steps, discount, expectation;
};

static void
pay(const struct payoff *payoff, const struct lanes *lanes, size_t count,
    double sum[MR_ASIAN_SUMS])
{
	for (size_t i = 0; i < count; i++) {
		double arithmetic = lanes->sum[i] / payoff->steps;
		double geometric =
		    mr_exp(lanes->sum_logarithms[i] / payoff->steps);
		double a = payoff->sign *
		           (payoff->spot * arithmetic - payoff->strike);
		double g = payoff->sign *
		           (payoff->spot * geometric - payoff->strike);
		double difference = payoff->discount *
		                    ((a > 0 ? a : 0) - (g > 0 ? g : 0));
		double control = payoff->discount * (g > 0 ? g : 0) -
		                 payoff->expectation;

		sum[MR_ASIAN_DIFFERENCE] += difference;
		sum[MR_ASIAN_CONTROL] += control;
		sum[MR_ASIAN_DIFFERENCE_SQUARED] += difference * difference;
		sum[MR_ASIAN_CONTROL_SQUARED] += control * control;
		sum[MR_ASIAN_PRODUCT] += difference * control;
	}
}

static void
add(struct mr_asian_sums *sums, const double more[MR_ASIAN_SUMS])
{
	for (int i = 0; i < MR_ASIAN_SUMS; i++) {
		double old = sums->sum[i], new = old + more[i];

		sums->lost[i] += fabs(old) >= fabs(more[i])
		                     ? (old - new) + more[i]
		                     : (more[i] - new) + old;
		sums->sum[i] = new;
	}
}

void
mr_asian_add_block(const struct mr_asian_option *option,
                   const struct mr_asian_block *block,
                   struct mr_asian_sums *sums)
{
	const struct payoff payoff = {
		.spot = option->spot,
		.strike = option->strike,
		.sign = option->option == MR_OPTION_CALL ? 1 : -1,
		.steps = (double)option->steps,
		.discount = mr_exp(-option->rate * option->maturity),
		.expectation = mr_asian_geometric_price(option),
	};
	struct mr_normal_draw draw = { .seed = block->seed };
	double sum[MR_ASIAN_SUMS] = { 0 };
	struct lanes lanes;

	for (size_t done = 0; done < block->count; done += LANES) {
		size_t more = block->count - done;

		draw.first = (uint64_t)block->first + done;
		walk(option, draw, &lanes);
		pay(&payoff, &lanes, more < LANES ? more : LANES, sum);
	}
	add(sums, sum);
	sums->paths += (int64_t)block->count;
}

/* The square of the standard error of a mean, of sums over n. */
static double
error_squared(double n, double squared)
{
	return squared > 0 ? squared / (n - 1) / n : 0;
}

/*
 * The control variate's coefficient is the one of least variance, by the same
 * paths; its bias is of the order 1 / n, far below the error.
 */
struct mr_asian_estimate
mr_asian_estimate(const struct mr_asian_option *option,
                  const struct mr_asian_sums *sums)
{
	double n = (double)sums->paths, total[MR_ASIAN_SUMS];
	double d, c, dd, cc, dc, slope;

	for (int i = 0; i < MR_ASIAN_SUMS; i++)
		total[i] = sums->sum[i] + sums->lost[i];
	d = total[MR_ASIAN_DIFFERENCE] / n;
	c = total[MR_ASIAN_CONTROL] / n;
	dd = total[MR_ASIAN_DIFFERENCE_SQUARED] - n * d * d;
	cc = total[MR_ASIAN_CONTROL_SQUARED] - n * c * c;
	dc = total[MR_ASIAN_PRODUCT] - n * d * c;
	slope = cc > 0 ? dc / cc : 0;
	return (struct mr_asian_estimate){
		.price = mr_asian_geometric_price(option) + d - slope * c,
		.standard_error = sqrt(error_squared(n, dd - slope * dc)),
		.plain_price = mr_asian_geometric_price(option) + d + c,
		.plain_standard_error =
		    sqrt(error_squared(n, dd + 2 * dc + cc)),
	};
}
