// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors_header.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian and used as it is");

namespace inference {
namespace {

// Far above any model (a thousand tensors, a hundred kilobytes); the format itself allows 100 MB.
constexpr std::size_t max_header_bytes = 32'000'000;
constexpr std::size_t max_tensors = 200'000;
constexpr int max_depth = 4;
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

/// Receives the header event by event. Depth 1 holds tensor names, depth 2 a tensor's fields, depth 3 its lists; of
/// `__metadata__` texts are kept, what else there is is skipped.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    HeaderReader(std::size_t data_begin, std::size_t data_size) : data_begin_(data_begin), data_size_(data_size) {}

    TensorEntries take() { return std::move(entries_); }
    SafetensorsMetadata take_metadata() { return std::move(metadata_); }

    bool start_object(std::size_t) override {
        if (depth_ == 1 && !skipping_) in_tensor_ = true;
        else if (depth_ >= 2 && in_tensor_ && field_ != Field::other) fail_tensor("has a malformed field");
        return enter();
    }
    bool end_object() override {
        leave();
        if (depth_ == 1 && in_tensor_) finish_tensor();
        return true;
    }
    bool start_array(std::size_t) override {
        if (depth_ == 0) fail(ErrorCode::corrupt_file, "the header is not a JSON object");
        if (depth_ == 1 && !skipping_) fail_tensor("is not an object");
        if (in_tensor_ && depth_ == 2 && field_ == Field::dtype) fail_tensor("has an unknown dtype");
        if (in_tensor_ && depth_ >= 3 && field_ != Field::other) fail_tensor("has a nested list");
        return enter();
    }
    bool end_array() override {
        leave();
        return true;
    }
    bool key(std::string& name) override {
        if (depth_ == 1) start_tensor(name);
        else if (depth_ == 2 && in_tensor_) start_field(name);
        else if (depth_ == 2) metadata_key_ = name;
        return true;
    }
    bool string(std::string& text) override {
        if (skipping_ && depth_ == 2) {
            metadata_[metadata_key_] = text;
            return true;
        }
        if (wanted(Field::dtype, 2)) {
            const auto* found = std::find_if(std::begin(dtype_names), std::end(dtype_names), [&](const auto& each) { return text == each.name; });
            if (found == std::end(dtype_names)) fail_tensor("has an unknown dtype");
            dtype_ = found;
            return true;
        }
        return scalar();
    }
    bool number_unsigned(std::uint64_t value) override {
        auto* const list = list_of_field();
        if (list == nullptr) return scalar();
        if (value > static_cast<std::uint64_t>(INT64_MAX)) fail_tensor("has a number that is too large");
        if (list->size() >= max_dimensions) fail_tensor("has too many dimensions");
        list->push_back(value);
        return true;
    }
    bool null() override { return scalar(); }
    bool boolean(bool) override { return scalar(); }
    bool number_integer(std::int64_t) override { return scalar(); }
    bool number_float(double, const std::string&) override { return scalar(); }
    bool binary(nlohmann::json::binary_t&) override { return scalar(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
        fail(ErrorCode::corrupt_file, "the header is not JSON (at its byte " + std::to_string(position) + ")");
    }

private:
    enum class Field { other, dtype, shape, offsets };

    [[noreturn]] void fail_tensor(const std::string& what) const { fail(ErrorCode::corrupt_file, "tensor \"" + shortened(name_) + "\" " + what); }
    bool enter() {
        if (++depth_ > max_depth) fail(ErrorCode::corrupt_file, "the header is nested too deeply");
        return true;
    }
    void leave() { --depth_; }
    bool wanted(Field field, int depth) const { return in_tensor_ && depth_ == depth && field_ == field; }
    std::vector<std::uint64_t>* list_of_field() {
        if (wanted(Field::shape, 3)) return &shape_;
        if (wanted(Field::offsets, 3)) return &offsets_;
        return nullptr;
    }
    /// A value that no field of a tensor has.
    bool scalar() const {
        if (depth_ == 0) fail(ErrorCode::corrupt_file, "the header is not a JSON object");
        if (depth_ == 1 && !skipping_) fail_tensor("is not an object");
        if (in_tensor_ && depth_ >= 2 && field_ != Field::other) {
            fail_tensor(field_ == Field::dtype       ? "has an unknown dtype"
                            : field_ == Field::shape ? "has a malformed shape"
                                                     : "has malformed data_offsets");
        }
        return true;
    }
    void start_tensor(const std::string& name) {
        name_ = name;
        skipping_ = name == "__metadata__";
        if (!skipping_ && entries_.contains(name)) fail_tensor("is there twice");
        if (entries_.size() >= max_tensors) fail(ErrorCode::corrupt_file, "has more than " + std::to_string(max_tensors) + " tensors");
        dtype_ = nullptr;
        shape_.clear();
        offsets_.clear();
        seen_ = 0;
        field_ = Field::other;
    }
    void start_field(const std::string& name) {
        field_ = name == "dtype" ? Field::dtype : name == "shape" ? Field::shape : name == "data_offsets" ? Field::offsets : Field::other;
        const unsigned bit = 1u << static_cast<unsigned>(field_);
        if (field_ != Field::other && (seen_ & bit) != 0) fail_tensor("has " + name + " twice");
        seen_ |= bit;
    }
    void finish_tensor() {
        in_tensor_ = false;
        constexpr unsigned all =
            1u << static_cast<unsigned>(Field::dtype) | 1u << static_cast<unsigned>(Field::shape) | 1u << static_cast<unsigned>(Field::offsets);
        if ((seen_ & all) != all || dtype_ == nullptr) fail_tensor("lacks dtype, shape or data_offsets");
        std::uint64_t bytes = dtype_->bytes;
        for (const auto side : shape_) {  // strides must not overflow either, so an empty side counts as one
            const bool overflows = __builtin_mul_overflow(bytes, std::max<std::uint64_t>(side, 1), &bytes);
            if (overflows || bytes > static_cast<std::uint64_t>(INT64_MAX)) fail_tensor("has a shape whose size overflows");
        }
        if (std::find(shape_.begin(), shape_.end(), 0u) != shape_.end()) bytes = 0;
        if (offsets_.size() != 2) fail_tensor("has malformed data_offsets");
        const auto begin = offsets_[0], end = offsets_[1];
        if (begin > end || end > data_size_) fail_tensor("lies outside the file (is it truncated?)");
        if (end - begin != bytes) fail_tensor("has " + std::to_string(end - begin) + " bytes where its shape asks for " + std::to_string(bytes));
        entries_.emplace(name_, TensorEntry{dtype_->type, {shape_.begin(), shape_.end()}, data_begin_ + begin, bytes});
    }

    std::size_t data_begin_, data_size_;
    TensorEntries entries_;
    SafetensorsMetadata metadata_;
    std::string metadata_key_;
    int depth_ = 0;
    bool skipping_ = false, in_tensor_ = false;
    std::string name_;
    Field field_ = Field::other;
    unsigned seen_ = 0;  ///< bits of the fields that this tensor has
    const DtypeName* dtype_ = nullptr;
    std::vector<std::uint64_t> shape_, offsets_;
};

void require_disjoint(const TensorEntries& entries) {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (const auto& [name, entry] : entries) {
        if (entry.size > 0) ranges.emplace_back(entry.begin, entry.begin + entry.size);
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].first < ranges[i - 1].second) fail(ErrorCode::corrupt_file, "two tensors share the same bytes");
    }
}

}  // namespace

const char* safetensors_dtype(torch::ScalarType dtype) {
    const auto* found = std::find_if(std::begin(dtype_names), std::end(dtype_names), [&](const auto& each) { return each.type == dtype; });
    return found == std::end(dtype_names) ? nullptr : found->name;
}

std::size_t safetensors_header_size(std::string_view first_bytes, std::size_t file_size) {
    std::uint64_t size = 0;
    if (first_bytes.size() < sizeof size || file_size < sizeof size) fail(ErrorCode::corrupt_file, "too short to be safetensors");
    std::memcpy(&size, first_bytes.data(), sizeof size);
    if (size > max_header_bytes || size > file_size - sizeof size) {
        fail(ErrorCode::corrupt_file, "the header claims " + std::to_string(size) + " bytes (is the file truncated, or no safetensors?)");
    }
    return static_cast<std::size_t>(size);
}

TensorEntries parse_safetensors_header(std::string_view header, std::size_t data_begin, std::size_t data_size, SafetensorsMetadata* metadata) {
    HeaderReader reader(data_begin, data_size);
    nlohmann::json::sax_parse(header, &reader);
    if (metadata != nullptr) *metadata = reader.take_metadata();
    auto entries = reader.take();
    require_disjoint(entries);
    return entries;
}

}  // namespace inference
