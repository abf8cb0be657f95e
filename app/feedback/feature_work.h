// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <functional>
#include <string>
#include <vector>

#include "app/engine/background_work.h"
#include "app/feedback/pixel_statistics.h"
#include "app/library/library_item.h"

namespace app {

/// A picture of the library that is to be seen by the model.
struct PictureToSee {
    ItemId item;
    QString path;
    std::string prompt;
    std::string instruction;
};

/// What was seen of it.
struct SeenPicture {
    ItemId item;
    inference::PictureFeatures features;
    PixelStatistics statistics{};
};

/// Looks at pictures of the library with the frozen model, a few a slice. A picture that cannot be read is passed over: the gallery says so.
class FeatureWork final : public BackgroundWork {
public:
    /// Both are called on the engine's thread. `on_version` first, with the version that everything will have; empty: this model cannot learn.
    struct Reports {
        std::function<void(std::string version)> on_version;
        std::function<void(std::vector<SeenPicture> seen)> on_seen;
    };

    FeatureWork(std::vector<PictureToSee> pictures, Reports reports) : pictures_(std::move(pictures)), reports_(std::move(reports)) {}

    bool advance(inference::Engine& engine, std::stop_token stop) override;

private:
    std::vector<PictureToSee> pictures_;
    Reports reports_;
    std::size_t next_ = 0;
    bool version_told_ = false;
};

}  // namespace app
