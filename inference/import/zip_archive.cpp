// SPDX-License-Identifier: Apache-2.0
#include "inference/import/zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr std::size_t end_size = 22, end64_size = 56, locator64_size = 20, central_size = 46, local_size = 30;
constexpr std::size_t max_comment = 65535;
constexpr std::size_t max_directory_bytes = 32'000'000;  // a directory of 200,000 members
constexpr std::size_t max_members = 200'000;
constexpr std::uint64_t see_extra = 0xFFFFFFFF;  ///< in a 32-bit field: the number is in the 64-bit extra field

template <typename Number> Number number_at(std::string_view bytes, std::size_t at) {
    Number number;
    std::memcpy(&number, bytes.data() + at, sizeof number);
    return number;
}

/// Reads pieces of the archive and knows how to say what is wrong with it.
class Reader {
public:
    explicit Reader(const ByteSource& source) : source_(source) {}

    [[noreturn]] void fail_corrupt(const std::string& what) const { fail(ErrorCode::corrupt_file, source_.path() + ": " + what); }
    std::size_t size() const { return source_.size(); }
    std::string read(std::uint64_t offset, std::uint64_t size) const {
        if (size > source_.size() || offset > source_.size() - size) fail_corrupt("a part of the archive lies outside the file");
        std::string bytes(static_cast<std::size_t>(size), '\0');
        source_.read(static_cast<std::size_t>(offset), std::as_writable_bytes(std::span(bytes)));
        return bytes;
    }

private:
    const ByteSource& source_;
};

struct Directory {
    std::uint64_t offset, size, members;
};

Directory find_directory(const Reader& reader) {
    if (reader.size() < end_size) reader.fail_corrupt("too short to be an archive of torch.save");
    const auto tail_size = std::min(reader.size(), end_size + max_comment);
    const auto tail = reader.read(reader.size() - tail_size, tail_size);
    const auto at = std::string_view(tail).rfind("PK\x05\x06", tail.size() - end_size);
    if (at == std::string_view::npos) reader.fail_corrupt("not an archive of torch.save (no zip directory)");
    Directory directory{number_at<std::uint32_t>(tail, at + 16), number_at<std::uint32_t>(tail, at + 12), number_at<std::uint16_t>(tail, at + 10)};
    const auto end_offset = reader.size() - tail_size + at;
    if (end_offset >= locator64_size) {
        const auto locator = reader.read(end_offset - locator64_size, locator64_size);
        if (locator.compare(0, 4, "PK\x06\x07") == 0) {
            const auto end64 = reader.read(number_at<std::uint64_t>(locator, 8), end64_size);
            if (end64.compare(0, 4, "PK\x06\x06") != 0) reader.fail_corrupt("the archive's 64-bit directory is not where it says");
            directory = {number_at<std::uint64_t>(end64, 48), number_at<std::uint64_t>(end64, 40), number_at<std::uint64_t>(end64, 32)};
        }
    }
    if (directory.members > max_members || directory.size > max_directory_bytes) reader.fail_corrupt("the archive's directory is too large");
    return directory;
}

/// The 64-bit numbers of a member, in the order in which the 32-bit fields ask for them.
class ExtraNumbers {
public:
    ExtraNumbers(const Reader& reader, std::string_view extra) : reader_(reader) {
        while (extra.size() >= 4) {
            const auto id = number_at<std::uint16_t>(extra, 0), length = number_at<std::uint16_t>(extra, 2);
            if (length > extra.size() - 4) reader.fail_corrupt("a member's extra field is malformed");
            if (id == 1) numbers_ = extra.substr(4, length);
            extra.remove_prefix(4u + length);
        }
    }
    std::uint64_t resolve(std::uint32_t field) {
        if (field != see_extra) return field;
        if (numbers_.size() < 8) reader_.fail_corrupt("a member's 64-bit numbers are missing");
        const auto number = number_at<std::uint64_t>(numbers_, 0);
        numbers_.remove_prefix(8);
        return number;
    }

private:
    const Reader& reader_;
    std::string_view numbers_;
};

}  // namespace

ZipArchive::ZipArchive(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {
    const Reader reader(*source_);
    const auto [offset, size, count] = find_directory(reader);
    const auto bytes = reader.read(offset, size);
    std::string_view rest = bytes;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (rest.size() < central_size || rest.compare(0, 4, "PK\x01\x02") != 0) reader.fail_corrupt("the archive's directory is malformed");
        const auto flags = number_at<std::uint16_t>(rest, 8), method = number_at<std::uint16_t>(rest, 10);
        const auto name_size = number_at<std::uint16_t>(rest, 28), extra_size = number_at<std::uint16_t>(rest, 30),
                   comment_size = number_at<std::uint16_t>(rest, 32);
        const std::size_t record = central_size + name_size + extra_size + comment_size;
        if (record > rest.size()) reader.fail_corrupt("the archive's directory is malformed");
        const std::string name(rest.substr(central_size, name_size));
        ExtraNumbers extra(reader, rest.substr(central_size + name_size, extra_size));
        const auto unpacked = extra.resolve(number_at<std::uint32_t>(rest, 24)), packed = extra.resolve(number_at<std::uint32_t>(rest, 20));
        const auto local_offset = extra.resolve(number_at<std::uint32_t>(rest, 42));
        rest.remove_prefix(record);
        if ((flags & 1) != 0 || method != 0 || packed != unpacked) {
            fail(ErrorCode::unsupported_model,
                 source_->path() + ": a member of the archive is packed or encrypted; torch.save stores them as they are");
        }
        const auto local = reader.read(local_offset, local_size);
        if (local.compare(0, 4, "PK\x03\x04") != 0) reader.fail_corrupt("a member of the archive is not where its directory says");
        const std::uint64_t begin = local_offset + local_size + number_at<std::uint16_t>(local, 26) + number_at<std::uint16_t>(local, 28);
        if (unpacked > source_->size() || begin > source_->size() - unpacked)
            reader.fail_corrupt("a member of the archive lies outside the file (is it truncated?)");
        const bool fresh = members_.emplace(name, Member{static_cast<std::size_t>(begin), static_cast<std::size_t>(unpacked)}).second;
        if (!fresh) reader.fail_corrupt("the archive holds a member twice");
    }
}

const ZipArchive::Member* ZipArchive::find(const std::string& name) const {
    const auto found = members_.find(name);
    return found == members_.end() ? nullptr : &found->second;
}

}  // namespace inference
