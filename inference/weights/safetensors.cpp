// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian and used in place");

namespace inference {
namespace {

constexpr std::size_t max_header_bytes = 100'000'000;  // the format's own limit
constexpr int max_header_depth = 4;
constexpr std::size_t max_dimensions = 8;

struct DtypeName {
    const char* name;
    torch::ScalarType type;
    std::size_t bytes;
};

constexpr DtypeName dtype_names[] = {
    {"F64", torch::kFloat64, 8}, {"F32", torch::kFloat32, 4}, {"F16", torch::kFloat16, 2}, {"BF16", torch::kBFloat16, 2}, {"I64", torch::kInt64, 8},
    {"I32", torch::kInt32, 4},   {"I16", torch::kInt16, 2},   {"I8", torch::kInt8, 1},     {"U8", torch::kUInt8, 1},      {"BOOL", torch::kBool, 1},
};

const DtypeName* find_dtype(const std::string& name) {
    const auto* found = std::find_if(std::begin(dtype_names), std::end(dtype_names), [&](const auto& each) { return name == each.name; });
    return found == std::end(dtype_names) ? nullptr : found;
}

/// a * b, or nothing when it does not fit.
std::optional<std::size_t> multiplied(std::size_t a, std::size_t b) {
    std::size_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

/// A header number that must be a non-negative integer.
std::optional<std::size_t> as_size(const nlohmann::json& value) {
    if (!value.is_number_unsigned()) return std::nullopt;
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::size_t>(number);
}

SafetensorsFile::Entry parse_entry(const nlohmann::json& value, std::size_t data_begin, std::size_t data_size) {
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets")) {
        fail(ErrorCode::corrupt_file, "lacks dtype, shape or data_offsets");
    }
    const auto& dtype_value = value["dtype"];
    const auto* dtype = dtype_value.is_string() ? find_dtype(dtype_value.get<std::string>()) : nullptr;
    if (dtype == nullptr) fail(ErrorCode::corrupt_file, "has an unknown dtype");

    const auto& shape_value = value["shape"];
    if (!shape_value.is_array() || shape_value.size() > max_dimensions) fail(ErrorCode::corrupt_file, "has a malformed shape");
    SafetensorsFile::Entry entry{dtype->type, {}, 0, 0};
    std::optional<std::size_t> bytes = dtype->bytes;
    for (const auto& side : shape_value) {
        const auto length = as_size(side);
        if (!length) fail(ErrorCode::corrupt_file, "has a malformed shape");
        bytes = multiplied(*bytes, *length);
        if (!bytes) fail(ErrorCode::corrupt_file, "has a shape whose size overflows");
        entry.shape.push_back(static_cast<std::int64_t>(*length));
    }

    const auto& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2) fail(ErrorCode::corrupt_file, "has malformed data_offsets");
    const auto begin = as_size(offsets[0]), end = as_size(offsets[1]);
    if (!begin || !end || *begin > *end || *end > data_size) fail(ErrorCode::corrupt_file, "lies outside the file (is it truncated?)");
    if (*end - *begin != *bytes) {
        fail(ErrorCode::corrupt_file, "has " + std::to_string(*end - *begin) + " bytes where its shape asks for " + std::to_string(*bytes));
    }
    entry.begin = data_begin + *begin;
    entry.size = *bytes;
    return entry;
}

nlohmann::json parse_header(std::span<const std::byte> text) {
    const auto* first = reinterpret_cast<const char*>(text.data());
    std::set<std::string> seen[max_header_depth + 2];  // keys of the objects that are open, by depth
    const auto check = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > max_header_depth) fail(ErrorCode::corrupt_file, "the header is nested too deeply");
        if (event == Event::object_start) seen[depth + 1].clear();
        // The format forbids it, and readers differ in which of the two they take.
        if (event == Event::key && !seen[depth].insert(value.get<std::string>()).second) {
            fail(ErrorCode::corrupt_file, "the header names " + value.dump() + " twice");
        }
        return true;
    };
    try {
        return nlohmann::json::parse(first, first + text.size(), check);
    } catch (const nlohmann::json::exception& error) {
        fail(ErrorCode::corrupt_file, std::string("the header is not JSON: ") + error.what());
    }
}

std::map<std::string, SafetensorsFile::Entry> parse_file(std::span<const std::byte> bytes) {
    std::uint64_t header_size = 0;
    if (bytes.size() < sizeof header_size) fail(ErrorCode::corrupt_file, "too short to be safetensors");
    std::memcpy(&header_size, bytes.data(), sizeof header_size);
    if (header_size > max_header_bytes || header_size > bytes.size() - sizeof header_size) {
        fail(ErrorCode::corrupt_file, "the header claims " + std::to_string(header_size) + " bytes (is the file truncated?)");
    }
    const auto data_begin = sizeof header_size + static_cast<std::size_t>(header_size);
    const auto header = parse_header(bytes.subspan(sizeof header_size, static_cast<std::size_t>(header_size)));
    if (!header.is_object()) fail(ErrorCode::corrupt_file, "the header is not a JSON object");

    std::map<std::string, SafetensorsFile::Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") continue;
        try {
            entries.emplace(name, parse_entry(value, data_begin, bytes.size() - data_begin));
        } catch (const Exception& error) {
            fail(ErrorCode::corrupt_file, "tensor \"" + name + "\" " + error.error().detail);
        }
    }
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (const auto& [name, entry] : entries) {
        if (entry.size > 0) ranges.emplace_back(entry.begin, entry.begin + entry.size);
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].first < ranges[i - 1].second) fail(ErrorCode::corrupt_file, "two tensors share the same bytes");
    }
    return entries;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : file_(MappedFile::open(path)) {
    try {
        entries_ = parse_file(file_->bytes());
    } catch (const Exception& error) {
        fail(error.error().code, path + ": " + shortened(error.error().detail));
    }
}

torch::Tensor SafetensorsFile::view(const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) fail(ErrorCode::corrupt_file, path() + ": tensor \"" + name + "\" is missing");
    const auto& entry = found->second;
    if (entry.dtype != torch::kFloat32 && entry.dtype != torch::kFloat16 && entry.dtype != torch::kBFloat16) {
        fail(ErrorCode::corrupt_file, path() + ": tensor \"" + name + "\" is neither F32 nor F16 nor BF16");
    }
    const auto options = torch::TensorOptions().dtype(entry.dtype);
    if (entry.size == 0) return torch::empty(entry.shape, options);
    auto* data = const_cast<std::byte*>(file_->bytes().data() + entry.begin);
    if (reinterpret_cast<std::uintptr_t>(data) % c10::elementSize(entry.dtype) != 0) {  // legal in the format, not for a processor
        auto copy = torch::empty(entry.shape, options);
        std::memcpy(copy.mutable_data_ptr(), data, entry.size);
        return copy;
    }
    return torch::from_blob(
        data, entry.shape, [map = file_](void*) {}, options);
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
        const auto* dtype =
            std::find_if(std::begin(dtype_names), std::end(dtype_names), [&](const auto& each) { return each.type == tensor.scalar_type(); });
        TORCH_CHECK(dtype != std::end(dtype_names), "write_safetensors: ", name, " has a dtype the format does not know");
        data.push_back(tensor.detach().to(torch::kCPU).contiguous());
        const auto size = data.back().nbytes();
        header[name] = {{"dtype", dtype->name}, {"shape", tensor.sizes().vec()}, {"data_offsets", {offset, offset + size}}};
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
