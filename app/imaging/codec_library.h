// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/imaging/image_codec.h"

namespace app {

/// Opens the imaging module at its first use (about 0.2 s) and keeps it until the process ends. It lies in ../lib
/// beside the program. Any thread but the GUI's. Errors: io naming what could not be loaded.
inference::Result<ImageCodec*> imageCodec();

}  // namespace app
