// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"
#include "inference/core/finite.h"

namespace inference {
namespace {

constexpr std::size_t chunk_bytes = 4u << 20;

std::span<std::byte> bytes_of(const torch::Tensor& tensor) {
    return {static_cast<std::byte*>(tensor.mutable_data_ptr()), tensor.nbytes()};
}

TensorEntries read_header(const FileReader& file) {
    try {
        char first[8] = {};
        if (file.size() >= sizeof first) file.read(0, std::as_writable_bytes(std::span(first)));
        const auto header_size = safetensors_header_size({first, sizeof first}, file.size());
        std::string header(header_size, '\0');
        file.read(sizeof first, std::as_writable_bytes(std::span(header)));
        const auto data_begin = sizeof first + header_size;
        return parse_safetensors_header(header, data_begin, file.size() - data_begin);
    } catch (const Exception& error) {
        if (error.error().code != ErrorCode::corrupt_file || error.error().detail.rfind(file.path(), 0) == 0) throw;
        fail(ErrorCode::corrupt_file, file.path() + ": " + error.error().detail);
    }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : file_(FileReader::open(path)), entries_(read_header(*file_)) {}

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
    TORCH_CHECK(target.is_cpu() && target.is_contiguous() && target.nbytes() / target.element_size() * element == entry.size,
                "read_into: ", name, " does not fit its target");
    if (target.scalar_type() == entry.dtype) {
        read_checked(name, entry.begin, target);
    } else {
        const auto flat = target.view({-1});
        const auto buffer = torch::empty({static_cast<std::int64_t>(std::min(chunk_bytes, entry.size) / element)}, torch::TensorOptions().dtype(entry.dtype));
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
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TORCH_CHECK(rows[i] >= 0 && rows[i] < entry.shape[0], "read_rows: ", name, " has no row ", rows[i]);
        read_checked(name, entry.begin + static_cast<std::size_t>(rows[i]) * row_bytes, picked[static_cast<std::int64_t>(i)]);
    }
    file_->require_unchanged();
    return picked;
}

void SafetensorsFile::require_finite(const std::string& name) const {
    const auto& entry = floating_entry(name);
    const auto element = c10::elementSize(entry.dtype);
    const auto buffer = torch::empty({static_cast<std::int64_t>(std::min(chunk_bytes, entry.size) / element)}, torch::TensorOptions().dtype(entry.dtype));
    for (std::size_t at = 0; at < entry.size; at += buffer.nbytes()) {
        const auto count = static_cast<std::int64_t>(std::min(buffer.nbytes(), entry.size - at) / element);
        read_checked(name, entry.begin + at, buffer.narrow(0, 0, count));
    }
}

namespace {

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& target) : target_(target), path_(target + ".XXXXXX") {
        descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
        if (descriptor_ < 0) fail_with_errno(errno);
    }
    ~TemporaryFile() {
        if (descriptor_ < 0) return;
        close(descriptor_);
        unlink(path_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(const void* data, std::size_t size) {
        const auto* bytes = static_cast<const char*>(data);
        while (size > 0) {
            const auto written = ::write(descriptor_, bytes, std::min<std::size_t>(size, 1 << 30));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail_with_errno(errno);
            bytes += written;
            size -= static_cast<std::size_t>(written);
        }
    }

    void publish() {
        if (fchmod(descriptor_, 0644) != 0 || fsync(descriptor_) != 0) fail_with_errno(errno);
        if (rename(path_.c_str(), target_.c_str()) != 0) fail_with_errno(errno);
        close(descriptor_);
        descriptor_ = -1;
    }

private:
    [[noreturn]] void fail_with_errno(int error) const { fail(ErrorCode::io, target_ + ": " + std::strerror(error)); }

    std::string target_;
    std::string path_;
    int descriptor_ = -1;
};

}  // namespace

void write_safetensors(const std::string& path, const std::map<std::string, torch::Tensor>& tensors) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    std::vector<torch::Tensor> data;
    std::size_t offset = 0;
    for (const auto& [name, tensor] : tensors) {
        const auto* dtype = safetensors_dtype(tensor.scalar_type());
        TORCH_CHECK(dtype != nullptr, "write_safetensors: ", name, " has a dtype the format does not know");
        data.push_back(tensor.detach().to(torch::kCPU).contiguous());
        const auto size = data.back().nbytes();
        header[name] = {{"dtype", dtype}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, offset + size}}};
        offset += size;
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t header_size = text.size();

    TemporaryFile file(path);
    file.write(&header_size, sizeof header_size);
    file.write(text.data(), text.size());
    for (const auto& tensor : data) file.write(tensor.const_data_ptr(), tensor.nbytes());
    file.publish();
}

}  // namespace inference
