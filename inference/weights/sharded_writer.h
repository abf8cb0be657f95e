// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "inference/weights/safetensors_writer.h"

namespace inference {

/// Writes one model into a folder as transformers does: `STEM.safetensors`, or shards and `STEM.safetensors.index.json` where it would grow
/// beyond a limit. Tensor by tensor, or parts of one; the index, or the single file, appears last, so that a folder is never half a model.
class ShardedWriter {
public:
    /// @param declarations  in the order in which they will be written. @param max_shard_bytes  a larger tensor gets a shard of its own.
    /// Throws invalid_request (the folder already holds such a model), io.
    ShardedWriter(std::string folder, std::string stem, const std::vector<SafetensorsWriter::Declaration>& declarations,
                  std::int64_t max_shard_bytes);
    /// Removes what an unfinished model left.
    ~ShardedWriter();
    ShardedWriter(const ShardedWriter&) = delete;
    ShardedWriter& operator=(const ShardedWriter&) = delete;

    /// The next tensor, or the next part of it: SafetensorsWriter::append().
    void append(const torch::Tensor& part);
    void finish();

    /// Paths of the weight files.
    const std::vector<std::string>& files() const noexcept { return files_; }
    std::int64_t bytes() const noexcept { return bytes_; }

private:
    void open_next();
    void write_index() const;

    std::string folder_, stem_;
    std::vector<std::vector<SafetensorsWriter::Declaration>> shards_;
    std::vector<std::string> files_;
    std::int64_t bytes_ = 0;
    std::size_t next_ = 0;  ///< the shard after the one that is open
    std::optional<SafetensorsWriter> writer_;
    bool finished_ = false;
};

}  // namespace inference
