// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>

#include "inference/weights/byte_source.h"

namespace inference {

/// Whether the bytes begin with a Zstandard frame.
bool is_zstd(const ByteSource& source);

/// Unpacks all frames of `source` into `sink`, a buffer at a time; needs the frame's window in memory, 128 MB at most.
/// @param max_bytes  of unpacked data; more is corrupt_file: a small file can claim to be endless.
/// @param stop       polled between buffers.
/// Throws corrupt_file (damaged, cut short, a window that is too large), io, cancelled.
void unpack_zstd(const ByteSource& source, std::size_t max_bytes, const std::function<void(std::span<const std::byte>)>& sink,
                 const std::stop_token& stop);

}  // namespace inference
