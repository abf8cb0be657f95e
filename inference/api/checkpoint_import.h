// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/api/random_pipeline.h"

namespace inference {

/// A checkpoint of the reference's trainer and the pipeline that it belongs into.
struct CheckpointImport {
    std::string checkpoint_path;          ///< consolidated weights (torch.save of a state dict), packed with zstd or not
    std::string pipeline_path;            ///< gives everything but the transformer's weights: configs, autoencoder, scheduler, tokenizers
    std::string folder;                   ///< to write, absent or empty; what was written is removed again when it cannot be finished
    std::optional<StorageFormat> format;  ///< of the weights; absent: as they are stored
};

struct CheckpointImportSummary {
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;          ///< of the transformer's weights
    std::vector<std::string> files;  ///< of them, paths

    bool operator==(const CheckpointImportSummary&) const = default;
};

}  // namespace inference
