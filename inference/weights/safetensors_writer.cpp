// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"
#include "inference/weights/safetensors_header.h"

namespace inference {

AtomicFile::AtomicFile(std::string target) : target_(std::move(target)), path_(target_ + ".XXXXXX") {
    descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail_with_errno(errno);
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(path_.c_str());
}

void AtomicFile::write(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const auto written = ::write(descriptor_, bytes, std::min<std::size_t>(size, 1 << 30));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail_with_errno(errno);
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
}

void AtomicFile::publish() {
    if (fchmod(descriptor_, 0644) != 0 || fsync(descriptor_) != 0) fail_with_errno(errno);
    if (rename(path_.c_str(), target_.c_str()) != 0) fail_with_errno(errno);
    close(descriptor_);
    descriptor_ = -1;
    flush_folder();
}

void AtomicFile::flush_folder() const {
    const auto slash = target_.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : target_.substr(0, slash + 1);
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;                                      // a folder that may be written but not read; the file is there
    const bool flushed = fsync(descriptor) == 0 || errno == EINVAL;  // some file systems cannot flush a folder
    const int error = errno;
    close(descriptor);
    if (!flushed) fail_with_errno(error);
}

void AtomicFile::fail_with_errno(int error) const { fail(ErrorCode::io, target_ + ": " + std::strerror(error)); }

std::size_t SafetensorsWriter::Declaration::bytes() const {
    std::size_t total = c10::elementSize(dtype);
    for (const auto side : shape) total *= static_cast<std::size_t>(side);
    return total;
}

SafetensorsWriter::SafetensorsWriter(const std::string& path, std::vector<Declaration> declarations,
                                     const std::map<std::string, std::string>& metadata) :
    file_(path),
    declarations_(std::move(declarations)) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::size_t offset = 0;
    for (const auto& [name, dtype, shape] : declarations_) {
        const auto* dtype_name = safetensors_dtype(dtype);
        TORCH_CHECK(dtype_name != nullptr, "safetensors: ", name, " has a dtype the format does not know");
        const auto size = Declaration{name, dtype, shape}.bytes();
        header[name] = {{"dtype", dtype_name}, {"shape", shape}, {"data_offsets", {offset, offset + size}}};
        offset += size;
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t header_size = text.size();
    file_.write(&header_size, sizeof header_size);
    file_.write(text.data(), text.size());
}

void SafetensorsWriter::write(const torch::Tensor& tensor) {
    TORCH_CHECK(!complete() && part_bytes_ == 0 && tensor.sizes() == at::IntArrayRef(declarations_[written_].shape),
                "safetensors: a tensor is not as declared");
    append(tensor);
}

void SafetensorsWriter::append(const torch::Tensor& part) {
    TORCH_CHECK(!complete(), "safetensors: more tensors than declared");
    const auto& declared = declarations_[written_];
    TORCH_CHECK(part.scalar_type() == declared.dtype && part_bytes_ + part.nbytes() <= declared.bytes(), "safetensors: ", declared.name,
                " is not as declared");
    const auto data = part.detach().to(torch::kCPU).contiguous();
    file_.write(data.const_data_ptr(), data.nbytes());
    part_bytes_ += data.nbytes();
    if (part_bytes_ < declared.bytes()) return;
    part_bytes_ = 0;
    ++written_;
}

void SafetensorsWriter::finish() {
    TORCH_CHECK(complete(), "safetensors: fewer tensors than declared");
    file_.publish();
}

void write_safetensors(const std::string& path, const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
    std::vector<SafetensorsWriter::Declaration> declarations;
    for (const auto& [name, tensor] : tensors) declarations.push_back({name, tensor.scalar_type(), tensor.sizes().vec()});
    SafetensorsWriter writer(path, std::move(declarations), metadata);
    for (const auto& [name, tensor] : tensors) writer.write(tensor);
    writer.finish();
}

}  // namespace inference
