// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/learning/state_reader.h"

namespace inference {

/// What the frozen transformer sees in a picture: mean and deviation over image tokens of its residual stream, at two noise levels, averaged
/// over two fixed noises. `image` is taken after 1/4, 1/2 and 3/4 of the layers, `judge` at layers between them.
/// Source: hidden states of a diffusion transformer as a reward model's input, "noise ensembling" (DiNa-LRM 2026).
class FeatureReader {
public:
    explicit FeatureReader(FrozenModel model);

    /// Short hash of base, layers, noise levels and seeds.
    const std::string& version() const noexcept { return version_; }

    /// How many pictures of this size are read at once.
    std::int64_t pictures_together(ImageSize size) const;

    /// In the order of `pictures`; they may differ in size. Throws invalid_request, cancelled.
    std::vector<PictureFeatures> read(const std::vector<PictureQuery>& pictures, const std::stop_token& stop) const;

private:
    void read_batch(const std::vector<const PictureQuery*>& pictures, ImageSize size, std::vector<PictureFeatures*>& into,
                    const std::stop_token& stop) const;

    FrozenModel model_;
    StateReader states_;
    std::string version_;
};

}  // namespace inference
