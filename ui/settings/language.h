// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

class QCoreApplication;

namespace ui {

/// Codes of the languages that the program speaks, English first.
QStringList availableLanguages();
/// A language's own name for itself.
QString languageName(const QString& code);
/// The language that `wanted` comes to: itself where it is spoken; empty follows the desktop.
QString resolvedLanguage(const QString& wanted);

/// Switches the words of all windows at once. Cheap when nothing changes.
void applyLanguage(QCoreApplication& application, const QString& wanted);

}  // namespace ui
