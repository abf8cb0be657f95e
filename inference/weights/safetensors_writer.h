// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

namespace inference {

/// A file that appears under its name whole or not at all: written beside it under another name, flushed, then renamed;
/// its folder is flushed too, so that a loss of power does not take the name back.
class AtomicFile {
public:
    /// Throws io naming the target and the reason.
    explicit AtomicFile(std::string target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, std::size_t size);
    void publish();

private:
    [[noreturn]] void fail_with_errno(int error) const;
    void flush_folder() const;

    std::string target_;
    std::string path_;
    int descriptor_ = -1;
};

/// Writes a safetensors file tensor by tensor, so that none but the current one lies in memory.
class SafetensorsWriter {
public:
    struct Declaration {
        std::string name;
        torch::ScalarType dtype;
        std::vector<std::int64_t> shape;
        std::size_t bytes() const;
    };

    /// Writes the header. @param metadata  becomes `__metadata__` when there is any. Throws io (disk full, read-only folder).
    SafetensorsWriter(const std::string& path, std::vector<Declaration> declarations, const std::map<std::string, std::string>& metadata = {});

    /// The next tensor in the order of the declarations, in its declared dtype and shape.
    void write(const torch::Tensor& tensor);
    /// The next elements of the tensor whose turn it is, of its dtype and any shape: a tensor that is too large to lie in memory whole.
    void append(const torch::Tensor& part);
    /// Everything that was declared is written.
    bool complete() const noexcept { return written_ == declarations_.size(); }
    /// Makes the file appear; all declared tensors have been written.
    void finish();

private:
    AtomicFile file_;
    std::vector<Declaration> declarations_;
    std::size_t written_ = 0;     ///< whole tensors
    std::size_t part_bytes_ = 0;  ///< of the tensor whose turn it is
};

/// Writes contiguous CPU copies of `tensors` to `path` as a whole or not at all. Throws io naming the path and the reason.
void write_safetensors(const std::string& path, const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace inference
