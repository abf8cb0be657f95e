// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "inference/tokenizer/prompt_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("tokenizer.model", 0);
    static const std::string path = "/proc/self/fd/" + std::to_string(file);
    if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) __builtin_trap();
    if (const auto tokenizer = inference::SentencePieceTokenizer::open(path)) {
        const auto encoded = (*tokenizer)->encode("a red apple, 빨간 사과 \xf0\x9f\x8d\x8e <bos>", 16);
        if (encoded.ids.empty() || encoded.ids.size() > 16) __builtin_trap();
    }
    return 0;
}
