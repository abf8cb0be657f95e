// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui::theme {

// Distances on a grid of four, in device-independent pixels.
inline constexpr int space_xs = 4;
inline constexpr int space_s = 8;
inline constexpr int space_m = 12;
inline constexpr int space_l = 16;
inline constexpr int space_xl = 24;

inline constexpr int control_height = 28;
inline constexpr int primary_height = 36;  ///< the one button that starts a drawing
inline constexpr int toolbar_height = 44;
inline constexpr int radius = 6;
inline constexpr int radius_small = 4;
inline constexpr int focus_width = 2;

// Type, in pixels.
inline constexpr int text_caption = 11;
inline constexpr int text_body = 13;
inline constexpr int text_prompt = 15;
inline constexpr int text_title = 20;

inline constexpr int icon_small = 16;
inline constexpr int icon_large = 20;

// Columns.
inline constexpr int prompt_column = 320;
inline constexpr int prompt_column_min = 280;
inline constexpr int prompt_column_max = 480;
inline constexpr int inspector_column = 280;
inline constexpr int filmstrip_height = 116;

inline constexpr int checker_square = 8;
inline constexpr int motion_ms = 120;

}  // namespace ui::theme
