// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/codec_library.h"

#include <dlfcn.h>

#include <filesystem>

namespace app {
namespace {

using inference::Result;

Result<ImageCodec*> openCodec() {
    std::error_code unknown;
    // From the process, not from QCoreApplication: pictures are also written before and without one.
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    const auto path = program.parent_path().parent_path() / "lib" / "libfuselight_imaging.so";
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* words = dlerror();
        return inference::failure(inference::ErrorCode::io,
                                  "the imaging module cannot be loaded: " + std::string(words != nullptr ? words : path.c_str()));
    }
    void* entry = dlsym(library, image_codec_entry);
    if (entry == nullptr) {
        return inference::failure(inference::ErrorCode::io, path.string() + " is not Fuselight's imaging module");
    }
    return reinterpret_cast<ImageCodec* (*)()>(entry)();
}

}  // namespace

Result<ImageCodec*> imageCodec() {
    static const Result<ImageCodec*> codec = openCodec();
    return codec;
}

}  // namespace app
