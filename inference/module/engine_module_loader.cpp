// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <string>

#include "inference/api/engine_module.h"
#include "inference/module/entry_point.h"

namespace inference {

Result<EngineModule*> open_engine_module(const std::string& library_path) {
    void* const library = dlopen(library_path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        const char* const reason = dlerror();
        return failure(ErrorCode::io, "the engine cannot be loaded: " + std::string(reason != nullptr ? reason : library_path.c_str()));
    }
    const auto entry = reinterpret_cast<EngineModuleEntry>(dlsym(library, engine_module_entry_name));
    EngineModule* const module = entry == nullptr ? nullptr : entry(engine_module_version);
    if (module == nullptr) {
        return failure(ErrorCode::io, "the engine cannot be loaded: " + library_path + " belongs to another version of Fuselight");
    }
    return module;
}

}  // namespace inference
