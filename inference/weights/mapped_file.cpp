// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "inference/core/exception.h"

namespace inference {
namespace {

struct FileDescriptor {
    int value;
    ~FileDescriptor() {
        if (value >= 0) close(value);
    }
};

[[noreturn]] void fail_with_errno(ErrorCode code, const std::string& path, int error) { fail(code, path + ": " + std::strerror(error)); }

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.value < 0) {
        const int error = errno;
        fail_with_errno(error == ENOENT || error == ENOTDIR ? ErrorCode::model_not_found : ErrorCode::io, path, error);
    }
    struct stat status {};
    if (fstat(file.value, &status) != 0) fail_with_errno(ErrorCode::io, path, errno);
    if (!S_ISREG(status.st_mode)) fail(ErrorCode::corrupt_file, path + ": not a regular file");
    if (status.st_size <= 0) fail(ErrorCode::corrupt_file, path + ": the file is empty");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value, 0);
    if (data == MAP_FAILED) fail_with_errno(ErrorCode::io, path, errno);
    return std::shared_ptr<const MappedFile>(new MappedFile(path, static_cast<const std::byte*>(data), size));
}

MappedFile::MappedFile(std::string path, const std::byte* data, std::size_t size) : path_(std::move(path)), data_(data), size_(size) {}

MappedFile::~MappedFile() { munmap(const_cast<std::byte*>(data_), size_); }

}  // namespace inference
