// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace inference {

/// SHA-256 as 64 hex digits.
std::string sha256_of_text(const std::string& text);

class FileReader;

/// SHA-256 of an open file's contents. Polls `stop` every megabyte. Throws corrupt_file (cut short meanwhile), io, cancelled.
std::string sha256_of(const FileReader& file, const std::stop_token& stop);

/// SHA-256 of a file's contents. Polls `stop` every megabyte. Throws model_not_found, io, cancelled.
std::string sha256_of_file(const std::string& path, const std::stop_token& stop);

/// Remembers file hashes in `cache_path`/file-hashes.json under path, size, modification time and inode, so that half a gigabyte is
/// hashed once and not at every start. A cache that cannot be read or written is ignored: it only saves time.
class FileHashCache {
public:
    explicit FileHashCache(std::string cache_path);
    std::string sha256(const std::string& path, const std::stop_token& stop);
    /// Writes what was learned, atomically.
    void save() const noexcept;

private:
    std::string file_;
    std::vector<std::pair<std::string, std::string>> entries_;  ///< key (path and stat) and hash
    bool changed_ = false;
};

}  // namespace inference
