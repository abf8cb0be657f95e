// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/feature_work.h"

#include <algorithm>
#include <utility>

#include "app/imaging/image_exporter.h"

namespace app {

namespace {
constexpr std::size_t pictures_a_slice = 4;
}

bool FeatureWork::advance(inference::Engine& engine, std::stop_token stop) {
    inference::LearningEngine* learning = engine.learning();
    if (!version_told_) {
        version_told_ = true;
        reports_.on_version(learning ? learning->feature_version() : std::string());
    }
    if (!learning) return false;
    const std::size_t last = std::min(pictures_.size(), next_ + pictures_a_slice);
    std::vector<inference::PictureQuery> queries;
    std::vector<SeenPicture> seen;
    for (; next_ < last; ++next_) {
        const PictureToSee& picture = pictures_[next_];
        auto pixels = readImage(picture.path);
        if (!pixels) continue;
        seen.push_back({picture.item, {}, pixelStatistics(*pixels)});
        queries.push_back({*std::move(pixels), picture.prompt, picture.instruction});
    }
    if (!queries.empty()) {
        auto features = learning->features(queries, std::move(stop));
        if (!features) return false;  // stopped, or the model refuses; what is missing is asked for again when it is needed
        for (std::size_t i = 0; i < seen.size(); ++i) seen[i].features = std::move((*features)[i]);
        reports_.on_seen(std::move(seen));
    }
    return next_ < pictures_.size();
}

}  // namespace app
