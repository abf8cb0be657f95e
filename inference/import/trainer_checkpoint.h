// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/import/state_dict_pickle.h"
#include "inference/import/zip_archive.h"
#include "inference/weights/byte_source.h"

namespace inference {

/// A consolidated checkpoint of the reference trainer: an archive of torch.save with the state dict of the transformer. Nothing in it is run.
/// "_orig_module." is left out of the names, as the sharding wrapper puts it there.
class TrainerCheckpoint {
public:
    /// @param source  the archive, unpacked. Throws corrupt_file, unsupported_model; everything is checked before a tensor is read:
    /// storages lie in the archive with the size they claim, tensors lie in their storages.
    explicit TrainerCheckpoint(std::shared_ptr<const ByteSource> source);

    const std::map<std::string, PickledTensor>& tensors() const noexcept { return tensors_; }
    /// One tensor, contiguous. Throws corrupt_file when it holds NaN or infinity or the file was cut short; io.
    torch::Tensor read(const std::string& name) const;

private:
    void check(const std::string& name, const PickledTensor& tensor) const;

    ZipArchive archive_;
    std::string folder_;  ///< of the archive's members, with a slash
    std::map<std::string, PickledTensor> tensors_;
};

struct ConvertOptions {
    std::optional<torch::ScalarType> dtype = std::nullopt;    ///< as stored, or cast
    std::int64_t max_shard_bytes = 5'000'000'000;             ///< as transformers cuts them
    std::size_t max_unpacked_bytes = std::size_t{256} << 30;  ///< of a packed checkpoint
    /// Sees what the checkpoint holds before anything is written, and throws what is wrong with it; may be empty.
    std::function<void(const std::map<std::string, PickledTensor>&)> check = {};
};

struct ConvertSummary {
    std::size_t tensors = 0;
    std::int64_t parameters = 0, bytes = 0;
    std::vector<std::string> files;  ///< paths
};

/// Turns a trainer's checkpoint, zstd-packed or not, into `model.safetensors` or shards and their index in `folder` (the `transformer` folder
/// of a pipeline), tensor by tensor. A packed checkpoint is unpacked into a nameless file in `folder` first. The index, or the
/// single file, comes last, so that a folder is never half a model.
/// @param on_fraction  0 to 1; may be empty.
/// Throws what TrainerCheckpoint does, invalid_request (the folder already holds a model), io (disk full, read-only), cancelled.
ConvertSummary convert_trainer_checkpoint(const std::string& checkpoint, const std::string& folder, const ConvertOptions& options,
                                          const std::function<void(double)>& on_fraction, const std::stop_token& stop);

}  // namespace inference
