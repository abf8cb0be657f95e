// SPDX-License-Identifier: Apache-2.0
#include "inference/import/trainer_checkpoint.h"

#include <algorithm>
#include <utility>

#include "inference/core/exception.h"
#include "inference/core/finite.h"

namespace inference {
namespace {

constexpr std::size_t max_pickle_bytes = 16'000'000;
constexpr std::string_view wrapper = "_orig_module.";

std::string read_member(const ZipArchive& archive, const ZipArchive::Member& member) {
    std::string bytes(member.size, '\0');
    archive.source().read(member.offset, std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

/// "archive/", from the one member "archive/data.pkl".
std::string folder_of(const ZipArchive& archive) {
    const std::string_view pickle = "/data.pkl";
    for (const auto& [name, member] : archive.members()) {
        if (name.size() > pickle.size() && name.ends_with(pickle)) return name.substr(0, name.size() - pickle.size() + 1);
    }
    fail(ErrorCode::unsupported_model, archive.source().path() + ": the archive holds no data.pkl; it is not of torch.save");
}

std::string without_wrapper(std::string name) {
    for (auto at = name.find(wrapper); at != std::string::npos; at = name.find(wrapper, at)) name.erase(at, wrapper.size());
    return name;
}

std::int64_t elements_of(const PickledTensor& tensor) {
    std::int64_t count = 1;
    for (const auto side : tensor.shape) count *= side;
    return count;
}

bool is_contiguous(const PickledTensor& tensor) {
    std::int64_t stride = 1;
    for (auto d = tensor.shape.size(); d-- > 0;) {
        if (tensor.shape[d] != 1 && tensor.strides[d] != stride) return false;
        stride *= tensor.shape[d];
    }
    return true;
}

}  // namespace

TrainerCheckpoint::TrainerCheckpoint(std::shared_ptr<const ByteSource> source) : archive_(std::move(source)), folder_(folder_of(archive_)) {
    const auto& path = archive_.source().path();
    if (const auto* order = archive_.find(folder_ + "byteorder");
        order != nullptr && (order->size != 6 || read_member(archive_, *order) != "little")) {
        fail(ErrorCode::unsupported_model, path + ": was written on a machine of another byte order");
    }
    const auto& pickle = *archive_.find(folder_ + "data.pkl");
    if (pickle.size > max_pickle_bytes) fail(ErrorCode::corrupt_file, path + ": its dictionary takes " + std::to_string(pickle.size) + " bytes");
    for (auto& [name, tensor] : read_state_dict_pickle(read_member(archive_, pickle), path)) {
        check(name, tensor);
        if (!tensors_.emplace(without_wrapper(name), tensor).second) {
            fail(ErrorCode::corrupt_file, path + ": tensor \"" + without_wrapper(name).substr(0, 200) + "\" is there twice");
        }
    }
    if (tensors_.empty()) fail(ErrorCode::corrupt_file, path + ": holds no tensors");
}

void TrainerCheckpoint::check(const std::string& name, const PickledTensor& tensor) const {
    const auto fail_tensor = [&](const std::string& what) {
        fail(ErrorCode::corrupt_file, archive_.source().path() + ": tensor \"" + name.substr(0, 200) + "\" " + what);
    };
    const auto* storage = archive_.find(folder_ + "data/" + tensor.storage);
    if (storage == nullptr) fail_tensor("has no data in the archive");
    std::size_t bytes = 0;
    const bool overflows = __builtin_mul_overflow(static_cast<std::size_t>(tensor.storage_elements), c10::elementSize(tensor.dtype), &bytes);
    if (overflows || bytes != storage->size) fail_tensor("has " + std::to_string(storage->size) + " bytes of data, which is not what it claims");
    std::int64_t count = 1, last = tensor.offset;  // elements, and the furthest of them
    bool outside = tensor.offset < 0;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
        const auto side = tensor.shape[d], stride = tensor.strides[d];
        std::int64_t reach = 0;
        outside = outside || side < 0 || stride < 0 || __builtin_mul_overflow(count, std::max<std::int64_t>(side, 1), &count) ||
            __builtin_mul_overflow(std::max<std::int64_t>(side - 1, 0), stride, &reach) || __builtin_add_overflow(last, reach, &last);
        if (outside) break;
    }
    // Fewer elements than the storage has: a stride of zero must not blow a number up into gigabytes.
    if (outside || count > std::max<std::int64_t>(tensor.storage_elements, 1)) fail_tensor("does not lie in its data");
    if (elements_of(tensor) > 0 && last >= tensor.storage_elements) fail_tensor("does not lie in its data");
}

torch::Tensor TrainerCheckpoint::read(const std::string& name) const {
    const auto found = tensors_.find(name);
    TORCH_CHECK(found != tensors_.end(), "read: no tensor ", name);
    const auto& tensor = found->second;
    const auto options = torch::TensorOptions().dtype(tensor.dtype);
    if (elements_of(tensor) == 0) return torch::empty(tensor.shape, options);
    const auto element = c10::elementSize(tensor.dtype);
    // A contiguous tensor is read from its place, any other through the part of the storage that it spans.
    std::int64_t span = 1;
    for (std::size_t d = 0; d < tensor.shape.size(); ++d) span += (tensor.shape[d] - 1) * tensor.strides[d];
    auto data = torch::empty({span}, options);
    const auto& storage = *archive_.find(folder_ + "data/" + tensor.storage);
    archive_.source().read(storage.offset + static_cast<std::size_t>(tensor.offset) * element,
                           {static_cast<std::byte*>(data.mutable_data_ptr()), data.nbytes()});
    auto result = is_contiguous(tensor) ? data.view(tensor.shape) : at::as_strided(data, tensor.shape, tensor.strides).contiguous();
    if (!all_finite(result)) fail(ErrorCode::corrupt_file, archive_.source().path() + ": tensor \"" + name + "\" holds NaN or infinity");
    return result;
}

}  // namespace inference
