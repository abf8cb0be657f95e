// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/engine.h"
#include "inference/api/learning.h"

#include <QString>

#include <memory>
#include <vector>

namespace app {

/// Pictures that are drawn for learning and not for the library, kept as files in a folder with what the model sees in them: what was done once, in
/// this run or in one that was killed, is not done again. One thread, the engine's.
class PicturePool final {
public:
    /// @param folder  made when it is not there; may be deleted whole at any time
    explicit PicturePool(QString folder);
    ~PicturePool();

    /// The picture of a request for one image, from memory or disk; null when it has yet to be drawn.
    std::shared_ptr<const inference::PixelBuffer> find(const inference::GenerationRequest& request);

    QString path(const inference::GenerationRequest& request) const;  ///< where its file is, or will be

    /// Draws the first of `requests` that are not there yet, as many as go together (same words, consecutive seeds) up to `batch`.
    /// @return how many of `requests` are still missing. Errors: those of Engine::generate, io.
    [[nodiscard]] inference::Result<int> drawSome(inference::Engine& engine, const std::vector<inference::GenerationRequest>& requests, int batch,
                                                  const std::stop_token& stop);

    /// What the model sees in pictures that are all there; it looks at them together, unless it has looked at all of them before.
    /// Errors: those of LearningEngine::features, io (a picture has vanished from the folder, a full disk).
    [[nodiscard]] inference::Result<std::vector<inference::PictureFeatures>>
    see(inference::LearningEngine& learning, const std::vector<inference::GenerationRequest>& requests, const std::stop_token& stop);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
