// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace app {

/// A picture as a synthetic rater sees it.
struct RatedPicture {
    inference::PixelBuffer pixels;
    std::string prompt;
};

/// A score for each picture, higher is better, in any unit. Of the image only, but for raters whose taste depends on the subject.
using RaterFunction = std::function<inference::Result<std::vector<double>>(const std::vector<RatedPicture>&)>;

struct Rater {
    std::string name;
    std::string description;  ///< English, one line
    bool learnable = true;
    RaterFunction scores;
};

/// The synthetic raters that the feedback stage is measured by. Nothing that learns may know one: they see pixels and give numbers.
const std::vector<Rater>& syntheticRaters();

/// Errors: invalid_request, naming all that there are.
inference::Result<Rater> findRater(const std::string& name);

/// Scores of base samples as mean and deviation; z = (score - mean) / deviation.
struct Standardisation {
    double mean = 0.0;
    double deviation = 1.0;

    static Standardisation of(const std::vector<double>& scores);
    double apply(double score) const { return (score - mean) / deviation; }
};

/// How a person with this taste would rate: z plus noise of deviation 0.5, cut at the base's quintiles into 1 to 5 stars, and in one of twenty
/// ratings any number. Draws are a function of (seed, picture), in whatever order pictures are rated.
int noisyStars(double z, std::uint64_t seed, std::uint64_t picture);

/// Uniform on [0, 1) from counters: the same on every machine.
double uniformFromCounter(std::uint64_t seed, std::uint64_t counter);
double normalFromCounter(std::uint64_t seed, std::uint64_t counter);

}  // namespace app
