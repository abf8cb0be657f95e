// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "inference/api/engine.h"

namespace app {

/// Pictures that learning draws for itself: grids nobody rated, candidates to be judged. Each is a file named by its request, so whatever was
/// drawn before an interruption is not drawn again, and what is learnt from is exactly what lies on disk.
class DrawnPictures final {
public:
    struct Wish {
        std::string prompt;
        std::uint64_t seed = 0;
        std::optional<inference::AdapterUse> adapter;

        bool operator==(const Wish&) const = default;
    };

    /// @param how  size, steps, sampler, guidance; its words, seed and adapters are the wish's.
    DrawnPictures(QString folder, inference::GenerationRequest how);

    /// Reads the file, or draws and writes it first (one picture, the time of one drawing). A file that cannot be read is drawn again.
    /// Errors: those of Engine::generate; io.
    [[nodiscard]] inference::Result<inference::PixelBuffer> get(inference::Engine& engine, const Wish& wish, const std::stop_token& stop) const;

    inference::GenerationRequest request(const inference::ModelInfo& model, const Wish& wish) const;
    QString path(const inference::ModelInfo& model, const Wish& wish) const;

private:
    QString folder_;
    inference::GenerationRequest how_;
};

}  // namespace app
