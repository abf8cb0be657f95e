// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QStringList>

class QMimeData;
class QPixmap;
class QWidget;

namespace ui {

/// What other programs get when pictures are dragged or copied out: the files themselves and, for a single one, its pixels
/// when they are at hand.
QMimeData* pictureMimeData(const QStringList& files, const QImage& image = {});

/// What hangs on the pointer: the first picture, small, with a count where there are several.
QPixmap dragPixmap(const QImage& thumbnail, int count, const QWidget* source);

}  // namespace ui
