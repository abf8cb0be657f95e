// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "inference/weights/byte_source.h"

namespace inference {

/// A regular file from outside, read by position. Weights are read, not mapped: when a file is cut short or its disk is pulled away, a
/// memory map kills the process with SIGBUS at some later touch, while pread returns and becomes a sentence. The kernel's page cache
/// keeps the bytes either way, so a second read of a streamed layer does not meet the disk, and what was read counts for nobody.
class FileReader final : public ByteSource {
public:
    /// Throws model_not_found (absent), corrupt_file (empty, or not a regular file), io (a loop of links, permission, everything else).
    static std::shared_ptr<const FileReader> open(const std::string& path);

    /// The same over an open descriptor, which it then owns. @param path  for messages.
    static std::shared_ptr<const FileReader> adopt(std::string path, int descriptor);

    ~FileReader() override;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;

    const std::string& path() const noexcept override { return path_; }
    /// Bytes when it was opened.
    std::size_t size() const noexcept override { return size_; }

    /// Fills `into` from `offset`. Throws corrupt_file (the file ends earlier than it did when it was opened), io (the disk fails).
    void read(std::size_t offset, std::span<std::byte> into) const override;
    /// The whole file. Throws corrupt_file beyond `max_bytes`, before anything is allocated.
    std::string read_text(std::size_t max_bytes) const;
    /// Throws corrupt_file when size or modification time are not what they were on opening: the file is being written.
    void require_unchanged() const;
    /// Lets the kernel read ahead what will be asked for soon.
    void will_need(std::size_t offset, std::size_t size) const noexcept;

private:
    FileReader(std::string path, int descriptor, std::size_t size, std::int64_t modified) :
        path_(std::move(path)), descriptor_(descriptor), size_(size), modified_(modified) {}

    std::string path_;
    int descriptor_;
    std::size_t size_;
    std::int64_t modified_;  ///< nanoseconds
};

}  // namespace inference
