// SPDX-License-Identifier: Apache-2.0
#include "inference/engine/guarded.h"

#include <exception>
#include <new>

#include <c10/util/Exception.h>

#include "inference/core/exception.h"

namespace inference {

Error current_error() {
    try {
        throw;
    } catch (const Exception& error) {
        return error.error();
    } catch (const c10::OutOfMemoryError& error) {
        return {ErrorCode::out_of_memory, error.what_without_backtrace()};
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        // The CPU allocator has no exception type of its own.
        const bool memory = text.find("not enough memory") != std::string::npos || text.find("can't allocate memory") != std::string::npos;
        return {memory ? ErrorCode::out_of_memory : ErrorCode::internal, text};
    } catch (const std::bad_alloc&) {
        return {ErrorCode::out_of_memory, "an allocation failed"};
    } catch (const std::exception& error) {
        return {ErrorCode::internal, error.what()};
    } catch (...) {
        return {ErrorCode::internal, "an exception of unknown type"};
    }
}

}  // namespace inference
