// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors.h"

#include <algorithm>

#include "inference/core/exception.h"
#include "inference/core/finite.h"

namespace inference {
namespace {

constexpr std::size_t chunk_bytes = 4u << 20;

std::span<std::byte> bytes_of(const torch::Tensor& tensor) { return {static_cast<std::byte*>(tensor.mutable_data_ptr()), tensor.nbytes()}; }

TensorEntries read_header(const FileReader& file, SafetensorsMetadata& metadata) {
    try {
        char first[8] = {};
        if (file.size() >= sizeof first) file.read(0, std::as_writable_bytes(std::span(first)));
        const auto header_size = safetensors_header_size({first, sizeof first}, file.size());
        std::string header(header_size, '\0');
        file.read(sizeof first, std::as_writable_bytes(std::span(header)));
        const auto data_begin = sizeof first + header_size;
        return parse_safetensors_header(header, data_begin, file.size() - data_begin, &metadata);
    } catch (const Exception& error) {
        if (error.error().code != ErrorCode::corrupt_file || error.error().detail.rfind(file.path(), 0) == 0) throw;
        fail(ErrorCode::corrupt_file, file.path() + ": " + error.error().detail);
    }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : file_(FileReader::open(path)), entries_(read_header(*file_, metadata_)) {}

const TensorEntry& SafetensorsFile::floating_entry(const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) fail(ErrorCode::corrupt_file, path() + ": tensor \"" + name + "\" is missing");
    const auto dtype = found->second.dtype;
    if (dtype != torch::kFloat32 && dtype != torch::kFloat16 && dtype != torch::kBFloat16) {
        fail(ErrorCode::corrupt_file, path() + ": tensor \"" + name + "\" is " + safetensors_dtype(dtype) + "; weights must be F32, F16 or BF16");
    }
    return found->second;
}

void SafetensorsFile::read_checked(const std::string& name, std::size_t offset, const torch::Tensor& into) const {
    // A few megabytes at a time: the check finds them in the processor's cache.
    const auto flat = into.view({-1});
    const auto chunk = static_cast<std::int64_t>(chunk_bytes / into.element_size());
    for (std::int64_t at = 0; at < flat.numel(); at += chunk) {
        const auto part = flat.narrow(0, at, std::min(chunk, flat.numel() - at));
        file_->read(offset + static_cast<std::size_t>(at) * into.element_size(), bytes_of(part));
        if (!all_finite(part)) fail(ErrorCode::corrupt_file, path() + ": tensor \"" + name + "\" holds values that are not finite (NaN or infinity)");
    }
}

torch::Tensor SafetensorsFile::read(const std::string& name) const {
    const auto& entry = floating_entry(name);
    auto tensor = torch::empty(entry.shape, torch::TensorOptions().dtype(entry.dtype));
    read_into(name, tensor);
    return tensor;
}

void SafetensorsFile::read_into(const std::string& name, const torch::Tensor& target) const {
    const auto& entry = floating_entry(name);
    const auto element = c10::elementSize(entry.dtype);
    TORCH_CHECK(target.is_cpu() && target.is_contiguous() && target.nbytes() / target.element_size() * element == entry.size, "read_into: ", name,
                " does not fit its target");
    if (target.scalar_type() == entry.dtype) {
        read_checked(name, entry.begin, target);
    } else {
        const auto flat = target.view({-1});
        const auto buffer =
            torch::empty({static_cast<std::int64_t>(std::min(chunk_bytes, entry.size) / element)}, torch::TensorOptions().dtype(entry.dtype));
        for (std::int64_t at = 0; at < flat.numel(); at += buffer.numel()) {
            const auto part = buffer.narrow(0, 0, std::min(buffer.numel(), flat.numel() - at));
            read_checked(name, entry.begin + static_cast<std::size_t>(at) * element, part);
            flat.narrow(0, at, part.numel()).copy_(part);
        }
    }
    file_->require_unchanged();
}

torch::Tensor SafetensorsFile::read_rows(const std::string& name, std::span<const std::int64_t> rows) const {
    const auto& entry = floating_entry(name);
    TORCH_CHECK(entry.shape.size() == 2, "read_rows: ", name, " is not a matrix");
    const auto columns = entry.shape[1];
    const auto row_bytes = static_cast<std::size_t>(columns) * c10::elementSize(entry.dtype);
    auto picked = torch::empty({static_cast<std::int64_t>(rows.size()), columns}, torch::TensorOptions().dtype(entry.dtype));
    for (const auto row : rows) TORCH_CHECK(row >= 0 && row < entry.shape[0], "read_rows: ", name, " has no row ", row);
    for (std::size_t first = 0, last = 0; first < rows.size(); first = last) {  // neighbours are read together
        for (last = first + 1; last < rows.size() && rows[last] == rows[last - 1] + 1;) ++last;
        const auto part = picked.narrow(0, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last - first));
        read_checked(name, entry.begin + static_cast<std::size_t>(rows[first]) * row_bytes, part);
    }
    file_->require_unchanged();
    return picked;
}

void SafetensorsFile::require_finite(const std::string& name) const {
    const auto& entry = floating_entry(name);
    const auto element = c10::elementSize(entry.dtype);
    const auto buffer =
        torch::empty({static_cast<std::int64_t>(std::min(chunk_bytes, entry.size) / element)}, torch::TensorOptions().dtype(entry.dtype));
    for (std::size_t at = 0; at < entry.size; at += buffer.nbytes()) {
        const auto count = static_cast<std::int64_t>(std::min(buffer.nbytes(), entry.size - at) / element);
        read_checked(name, entry.begin + at, buffer.narrow(0, 0, count));
    }
}

}  // namespace inference
