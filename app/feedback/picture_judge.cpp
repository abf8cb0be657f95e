// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/picture_judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace app {

PictureJudge::PictureJudge(std::string version, std::shared_ptr<const FeatureBasis> basis, std::shared_ptr<const PreferenceHead> head) :
    version_(std::move(version)), basis_(std::move(basis)), head_(std::move(head)) {}

std::vector<double> PictureJudge::operator()(const std::vector<inference::Candidate>& candidates) const {
    std::vector<double> scores;
    scores.reserve(candidates.size());
    std::transform(candidates.begin(), candidates.end(), std::back_inserter(scores), [this](const auto& candidate) { return score(candidate); });
    return scores;
}

double PictureJudge::score(const inference::Candidate& candidate) const {
    if (candidate.features.version != version_) return unreadable;
    const auto seen = basis_->project({candidate.features.image, candidate.features.prompt, pixelStatistics(candidate.pixels)});
    if (!seen) return unreadable;
    const double stars = head_->opinion(*seen).stars;
    return std::isfinite(stars) ? stars : unreadable;
}

}  // namespace app
