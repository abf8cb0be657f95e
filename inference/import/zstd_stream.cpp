// SPDX-License-Identifier: Apache-2.0
#include "inference/import/zstd_stream.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr std::array magic = {std::byte{0x28}, std::byte{0xB5}, std::byte{0x2F}, std::byte{0xFD}};
constexpr int max_window_log = 27;

}  // namespace

bool is_zstd(const ByteSource& source) {
    std::array<std::byte, magic.size()> first{};
    if (source.size() < first.size()) return false;
    source.read(0, first);
    return first == magic;
}

void unpack_zstd(const ByteSource& source, std::size_t max_bytes, const std::function<void(std::span<const std::byte>)>& sink,
                 const std::stop_token& stop) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    if (!context) fail(ErrorCode::out_of_memory, "no memory to unpack " + source.path());
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, max_window_log);
    std::vector<std::byte> packed(std::min(source.size(), ZSTD_DStreamInSize())), unpacked(ZSTD_DStreamOutSize());
    std::size_t total = 0, hint = 1;
    for (std::size_t at = 0; at < source.size();) {
        throw_if_stopped(stop);
        const auto count = std::min(packed.size(), source.size() - at);
        source.read(at, std::span(packed).first(count));
        at += count;
        ZSTD_inBuffer in{packed.data(), count, 0};
        bool more = true;
        while (more) {
            ZSTD_outBuffer out{unpacked.data(), unpacked.size(), 0};
            hint = ZSTD_decompressStream(context.get(), &out, &in);
            if (ZSTD_isError(hint) != 0) fail(ErrorCode::corrupt_file, source.path() + ": cannot be unpacked (" + ZSTD_getErrorName(hint) + ")");
            total += out.pos;
            if (total > max_bytes) fail(ErrorCode::corrupt_file, source.path() + ": unpacks to more than " + std::to_string(max_bytes) + " bytes");
            sink(std::span<const std::byte>(unpacked).first(out.pos));
            more = in.pos < in.size || out.pos == out.size;  // a full buffer may hide more behind it
        }
    }
    if (hint != 0) fail(ErrorCode::corrupt_file, source.path() + ": ends in the middle of its packed data");
}

}  // namespace inference
