// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/taste_service.h"
#include "tests/ui/studio.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace ui_test {

/// A studio whose engine looks at pictures, with pictures whose warmth is known.
struct Learned {
    explicit Learned(int count = 48) : studio(std::make_shared<tests::LearningScript>()) {
        tests::FakeLearningEngine painter(std::make_shared<tests::FakeScript>(), std::make_shared<tests::LearningScript>());
        for (int i = 0; i < count; ++i) {
            const auto request = tests::requestFor("prompt " + std::to_string(i / 4), static_cast<std::uint64_t>(i));
            inference::PixelBuffer pixels;
            inference::GenerationCallbacks callbacks;
            callbacks.on_image = [&](inference::RenderedImage image) { pixels = std::move(image.pixels); };
            tests::must(painter.generate(request, callbacks, {}));
            const QString path = studio->paths().images_dir + QStringLiteral("/seen-%1.png").arg(i);
            tests::must(app::writeImage(path, pixels, request, {}));
            pictures.emplace_back(tests::must(studio->library().add(path, request, {pixels.width, pixels.height}, true, 1.0, 1 + i / 4)),
                                  app::pixelStatistics(pixels)[static_cast<std::size_t>(app::PixelStatistic::warmth)]);
        }
    }
    /// Warmer pictures get more stars, until the head speaks.
    bool teach(std::size_t count = 32) {
        std::vector<double> sorted;
        for (std::size_t i = 0; i < count; ++i) sorted.push_back(pictures[i].second);
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = 0; i < count; ++i) {
            const auto below = std::lower_bound(sorted.begin(), sorted.end(), pictures[i].second) - sorted.begin();
            tests::must(studio->library().setRating(pictures[i].first, 1 + static_cast<int>(below * 5 / static_cast<std::ptrdiff_t>(count))));
        }
        return QTest::qWaitFor([this] { return studio->taste().knowledge().speaks && studio->taste().opinion(pictures.back().first); }, 20000);
    }

    Studio studio;
    std::vector<std::pair<app::ItemId, double>> pictures;
};

}  // namespace ui_test
