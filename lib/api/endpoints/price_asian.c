/*
 * price_asian.c: POST /price-asian, a Monte Carlo run that may take a minute,
 * tells how far it is, and goes on where an earlier attempt was stopped.
 */
#include "compute/asian_option.h"

#include "millrace.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define CHECKPOINT_EVERY 2 /* s */
#define CHECKPOINT_VERSION 1 /* another one for sums of another meaning */

struct price_asian_in {
	double spot, strike, rate, volatility, maturity;
	int64_t steps;
	unsigned int option; /* enum mr_option */
	int64_t paths, seed;
};
struct price_asian_out {
	double price, standard_error;
	int64_t paths;
	double geometric_price;
};

/* Every member has 8 bytes: there is nothing between them. */
struct checkpoint {
	int64_t version;
	double spot, strike, rate, volatility, maturity;
	int64_t steps, option, paths, seed;
	struct mr_asian_sums sums;
};

static struct mr_asian_option
option_of(const struct price_asian_in *in)
{
	return (struct mr_asian_option){
		.spot = in->spot,
		.strike = in->strike,
		.rate = in->rate,
		.volatility = in->volatility,
		.maturity = in->maturity,
		.steps = in->steps,
		.option = (enum mr_option)in->option,
	};
}

static struct checkpoint
nothing_done(const struct price_asian_in *in)
{
	return (struct checkpoint){
		.version = CHECKPOINT_VERSION,
		.spot = in->spot,
		.strike = in->strike,
		.rate = in->rate,
		.volatility = in->volatility,
		.maturity = in->maturity,
		.steps = in->steps,
		.option = in->option,
		.paths = in->paths,
		.seed = in->seed,
	};
}

/* What an earlier attempt at the same run kept; anything else is not used. */
static void
restore(const mr_call *call, struct checkpoint *run)
{
	struct mr_string kept = mr_restored(call);
	struct checkpoint earlier;

	if (kept.length != sizeof(earlier))
		return;
	memcpy(&earlier, kept.data, sizeof(earlier));
	if (memcmp(&earlier, run, offsetof(struct checkpoint, sums)) == 0 &&
	    earlier.sums.paths > 0 && earlier.sums.paths <= run->paths &&
	    (earlier.sums.paths % MR_ASIAN_BLOCK == 0 ||
	     earlier.sums.paths == run->paths))
		*run = earlier;
}

static void
simulate_block(const struct mr_asian_option *option, struct checkpoint *run)
{
	int64_t left = run->paths - run->sums.paths;
	const struct mr_asian_block block = {
		.seed = (uint64_t)run->seed,
		.first = run->sums.paths,
		.count = left < MR_ASIAN_BLOCK ? (size_t)left : MR_ASIAN_BLOCK,
	};

	mr_asian_add_block(option, &block, &run->sums);
}

static void
tell(mr_call *call, const struct mr_asian_option *option,
     const struct checkpoint *run)
{
	struct mr_asian_estimate now = mr_asian_estimate(option, &run->sums);

	mr_progress(call, (double)run->sums.paths, (double)run->paths,
	            "simulating");
	mr_figure(call, "price", now.price);
	mr_figure(call, "standard_error", now.standard_error);
}

static int64_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static enum mr_err
simulate(mr_call *call, const struct mr_asian_option *option,
         struct checkpoint *run)
{
	int64_t kept = seconds();

	while (run->sums.paths < run->paths) {
		enum mr_err err = MR_OK;

		if (mr_cancelled(call))
			return MR_CANCELLED;
		simulate_block(option, run);
		tell(call, option, run);
		if (seconds() - kept >= CHECKPOINT_EVERY) {
			err = mr_checkpoint(call, run, sizeof(*run));
			kept = seconds();
		}
		if (err != MR_OK)
			return err;
	}
	return MR_OK;
}

static enum mr_err
price_asian(mr_call *call, const struct price_asian_in *in,
            struct price_asian_out *out)
{
	const struct mr_asian_option option = option_of(in);
	struct checkpoint run = nothing_done(in);
	struct mr_asian_estimate estimate;
	enum mr_err err;

	restore(call, &run);
	err = simulate(call, &option, &run);
	if (err != MR_OK)
		return err;
	estimate = mr_asian_estimate(&option, &run.sums);
	out->price = estimate.price;
	out->standard_error = estimate.standard_error;
	out->paths = run.sums.paths;
	out->geometric_price = mr_asian_geometric_price(&option);
	return MR_OK;
}

static const struct mr_field price_asian_in[] = {
	MR_PARAM(struct price_asian_in, spot, "price of the asset now",
	         MR_RANGE(1e-6, 1e9), .unit = "currency", .example = "100"),
	MR_PARAM(struct price_asian_in, strike,
	         "what the average price is compared with",
	         MR_RANGE(1e-6, 1e9), .unit = "currency", .example = "105"),
	MR_PARAM(struct price_asian_in, rate,
	         "risk-free rate, continuously compounded", MR_RANGE(-1, 1),
	         .unit = "1/year", .example = "0.05"),
	MR_PARAM(struct price_asian_in, volatility,
	         "standard deviation of the logarithm of the price over a year",
	         MR_RANGE(0, 3), .unit = "1/sqrt(year)", .example = "0.2"),
	MR_PARAM(struct price_asian_in, maturity, "when the option is due",
	         MR_RANGE(1e-3, 50), .unit = "year", .example = "1"),
	MR_OPTIONAL(struct price_asian_in, steps,
	            "dates, equally far apart, whose prices are averaged; the "
	            "last one is maturity",
	            MR_RANGE(1, 3660), "52"),
	MR_OPTIONAL(struct price_asian_in, option,
	            "the right to receive the average for the strike, or the "
	            "strike for the average",
	            MR_CHOICES("call", "put"), "\"call\""),
	MR_OPTIONAL(struct price_asian_in, paths, "simulated price paths",
	            MR_RANGE(1000, 10000000000), "1000000"),
	MR_OPTIONAL(struct price_asian_in, seed, "chooses the random numbers",
	            MR_RANGE(INT64_MIN, INT64_MAX), "1"),
};
static const struct mr_field price_asian_out[] = {
	MR_RESULT(struct price_asian_out, price, "of the option, today",
	          .unit = "currency"),
	MR_RESULT(struct price_asian_out, standard_error, "of the price",
	          .unit = "currency"),
	MR_RESULT(struct price_asian_out, paths, "that were simulated"),
	MR_RESULT(struct price_asian_out, geometric_price,
	          "of the option on the geometric average, in closed form",
	          .unit = "currency"),
};
MR_ENDPOINT(price_asian, MR_POST, "/price-asian", "Price of an Asian option",
    .description =
        "The price of an option on the *arithmetic average* of an asset's "
        "price at `steps` dates, where the price is a geometric Brownian "
        "motion without dividends. There is no closed form: it is simulated, "
        "with the option on the geometric average, which has one (Kemna and "
        "Vorst, 1990), as control variate (Glasserman, *Monte Carlo Methods in "
        "Financial Engineering*, section 4.1).\n\n"
        "It runs as a job, which tells its progress, its price so far and the "
        "standard error of it, can be cancelled at any time, and goes on where "
        "it was when its runner is lost. Random numbers are counted "
        "(Philox4x32-10, Salmon et al., SC'11): the same input has the same "
        "result to the last bit, however often the run was interrupted.\n\n"
        "A path takes 10 to 20 ns for each step, as the processor is: the "
        "default run (10⁶ paths of 52 steps) up to a second, one of 10⁸ paths "
        "one or two minutes. The error falls with the root of `paths`.",
    .tag = "finance", .pool = "heavy", .long_running = true);
