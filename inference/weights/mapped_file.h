// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace inference {

/// A whole file mapped read-only and privately. Pages are read on first touch; the mapping lives as long as the object.
class MappedFile {
public:
    /// Throws model_not_found (absent), corrupt_file (empty, or not a regular file), io (everything else).
    static std::shared_ptr<const MappedFile> open(const std::string& path);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::string& path() const noexcept { return path_; }
    std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

private:
    MappedFile(std::string path, const std::byte* data, std::size_t size);

    std::string path_;
    const std::byte* data_;
    std::size_t size_;
};

}  // namespace inference
