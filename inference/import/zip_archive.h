// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "inference/weights/byte_source.h"

namespace inference {

/// The directory of a zip archive whose members are stored, not packed: what torch.save writes. Also the 64-bit form.
/// Every number is checked against the archive's size before it is used.
/// Format: PKWARE APPNOTE 6.3.
class ZipArchive {
public:
    struct Member {
        std::size_t offset;  ///< of its first byte
        std::size_t size;
    };

    /// Throws corrupt_file (no archive, a directory that contradicts itself, a member twice), unsupported_model (packed or encrypted members).
    explicit ZipArchive(std::shared_ptr<const ByteSource> source);

    const std::map<std::string, Member>& members() const noexcept { return members_; }
    /// Null when there is none of that name.
    const Member* find(const std::string& name) const;
    const ByteSource& source() const noexcept { return *source_; }

private:
    std::shared_ptr<const ByteSource> source_;
    std::map<std::string, Member> members_;
};

}  // namespace inference
