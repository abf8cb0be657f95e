// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "inference/core/exception.h"

namespace inference {
namespace {

constexpr std::size_t largest_read = 1u << 30;

[[noreturn]] void fail_with_errno(ErrorCode code, const std::string& path, int error) { fail(code, path + ": " + std::strerror(error)); }

std::int64_t modified_ns(const struct stat& status) {
    return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

/// Closes what an early exit leaves open.
struct Descriptor {
    int value;
    ~Descriptor() {
        if (value >= 0) close(value);
    }
};

}  // namespace

std::shared_ptr<const FileReader> FileReader::open(const std::string& path) {
    // Not blocking: a FIFO under a weight file's name must not hang the program.
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.value < 0) {
        const int error = errno;
        fail_with_errno(error == ENOENT || error == ENOTDIR ? ErrorCode::model_not_found : ErrorCode::io, path, error);
    }
    return adopt(path, std::exchange(file.value, -1));
}

std::shared_ptr<const FileReader> FileReader::adopt(std::string path, int descriptor) {
    Descriptor file{descriptor};
    struct stat status {};
    if (fstat(file.value, &status) != 0) fail_with_errno(ErrorCode::io, path, errno);
    if (!S_ISREG(status.st_mode)) fail(ErrorCode::corrupt_file, path + ": not a regular file");
    if (status.st_size <= 0) fail(ErrorCode::corrupt_file, path + ": the file is empty");
    return std::shared_ptr<const FileReader>(
        new FileReader(std::move(path), std::exchange(file.value, -1), static_cast<std::size_t>(status.st_size), modified_ns(status)));
}

FileReader::~FileReader() { close(descriptor_); }

void FileReader::read(std::size_t offset, std::span<std::byte> into) const {
    while (!into.empty()) {
        const auto got = pread(descriptor_, into.data(), std::min(into.size(), largest_read), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_with_errno(ErrorCode::io, path_, errno);
        if (got == 0) fail(ErrorCode::corrupt_file, path_ + ": ends at byte " + std::to_string(offset) + "; it was cut short while it was read");
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::size_t>(got);
    }
}

std::string FileReader::read_text(std::size_t max_bytes) const {
    if (size_ > max_bytes) {
        fail(ErrorCode::corrupt_file,
             path_ + ": has " + std::to_string(size_) + " bytes; a file of its kind has at most " + std::to_string(max_bytes));
    }
    std::string text(size_, '\0');
    read(0, std::as_writable_bytes(std::span(text)));
    return text;
}

void FileReader::require_unchanged() const {
    struct stat status {};
    if (fstat(descriptor_, &status) != 0) fail_with_errno(ErrorCode::io, path_, errno);
    if (static_cast<std::size_t>(status.st_size) != size_ || modified_ns(status) != modified_) {
        fail(ErrorCode::corrupt_file, path_ + ": changed while it was read");
    }
}

void FileReader::will_need(std::size_t offset, std::size_t size) const noexcept {
    posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size), POSIX_FADV_WILLNEED);
}

}  // namespace inference
