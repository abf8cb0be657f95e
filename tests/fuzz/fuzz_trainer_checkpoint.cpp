// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inference/core/exception.h"
#include "inference/import/trainer_checkpoint.h"
#include "inference/import/zstd_stream.h"

namespace {

constexpr std::size_t max_unpacked = 1u << 20;

class Memory final : public inference::ByteSource {
public:
    explicit Memory(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
    const std::string& path() const noexcept override { return name_; }
    std::size_t size() const noexcept override { return bytes_.size(); }
    void read(std::size_t offset, std::span<std::byte> into) const override {
        if (offset > bytes_.size() || into.size() > bytes_.size() - offset) inference::fail(inference::ErrorCode::corrupt_file, "behind the end");
        if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
    }

private:
    std::vector<std::byte> bytes_;
    std::string name_ = "input";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    auto source = std::make_shared<const Memory>(std::vector<std::byte>(first, first + size));
    try {
        if (inference::is_zstd(*source)) {
            std::vector<std::byte> unpacked;
            inference::unpack_zstd(*source, max_unpacked,
                                   [&](std::span<const std::byte> part) { unpacked.insert(unpacked.end(), part.begin(), part.end()); }, {});
            source = std::make_shared<const Memory>(std::move(unpacked));
        }
        const inference::TrainerCheckpoint checkpoint(source);
        for (const auto& [name, tensor] : checkpoint.tensors()) {
            try {
                checkpoint.read(name);
            } catch (const inference::Exception&) {  // NaN in one says nothing of the others
            }
        }
    } catch (const inference::Exception&) {
    }
    return 0;
}
