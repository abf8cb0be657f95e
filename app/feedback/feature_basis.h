// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/pixel_statistics.h"
#include "inference/api/result.h"

#include <memory>
#include <vector>

namespace app {

/// What a head may see of a picture. For the label head `states` are PictureFeatures::image, for the judge PictureFeatures::judge.
struct PictureTraits {
    std::vector<float> states;  ///< the frozen model's; may be empty for all pictures
    std::vector<float> prompt;  ///< PictureFeatures::prompt; may be empty for all pictures
    PixelStatistics pixels = {};

    bool operator==(const PictureTraits&) const = default;
};

/// A picture in a basis: few numbers, each of mean 0 and deviation 1 over the pictures the basis was made from.
struct Coordinates {
    PixelStatistics statistics = {};
    std::vector<double> components;  ///< of the states, the strongest first, without what the statistics say already
    std::vector<double> prompt;

    bool operator==(const Coordinates&) const = default;
};

/// Principal components of pictures that were not chosen by anybody's taste. Whitened, so that a head's prior treats all directions alike;
/// the states are first regressed on the pixel statistics, so that what a person can name is credited to its name. Immutable, shared.
class FeatureBasis {
public:
    /// @param unrated  at least 8; 200 or more make a good basis
    /// Errors: invalid_request (too few, states of different lengths, values that are not finite).
    [[nodiscard]] static inference::Result<FeatureBasis> fit(const std::vector<PictureTraits>& unrated, int max_components = 32,
                                                             int max_prompt_components = 3);

    int numComponents() const;
    int numPromptComponents() const;

    /// Errors: invalid_request when the states are not those the basis was made from (another model), or not finite.
    [[nodiscard]] inference::Result<Coordinates> project(const PictureTraits& picture) const;

private:
    struct State;
    explicit FeatureBasis(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

}  // namespace app
