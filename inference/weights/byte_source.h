// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace inference {

/// Bytes that are read by position: a file, or memory in a test.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// For messages.
    virtual const std::string& path() const noexcept = 0;
    virtual std::size_t size() const noexcept = 0;
    /// Fills `into` from `offset`. Throws corrupt_file (it ends earlier), io.
    virtual void read(std::size_t offset, std::span<std::byte> into) const = 0;
};

}  // namespace inference
