// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace inference {

class EngineModule;

/// The one C function that libfuselight_engine.so exports. It gives null when the caller was built against another version of the
/// headers in inference/api, whose types cross the border by value.
using EngineModuleEntry = EngineModule* (*)(const char* caller_version);
inline constexpr char engine_module_entry_name[] = "fuselight_engine_module";
inline constexpr char engine_module_version[] = FUSELIGHT_ENGINE_VERSION;

}  // namespace inference
