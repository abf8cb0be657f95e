// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QFileDialog>

#include "app/imaging/image_exporter.h"
#include "app/settings/settings.h"

class QLabel;

namespace ui {

class Caption;
class NumberField;

/// "Save as": the file picker, with what a format asks for in a row below it: quality, and for JPEG the colour behind
/// transparent parts. The format follows the name's ending.
class SaveDialog final : public QFileDialog {
    Q_OBJECT
public:
    SaveDialog(const app::Settings::Export& remembered, const QString& suggested_name, bool has_alpha, QWidget* parent = nullptr);

    app::ExportOptions options() const;
    QString path() const;
    /// What to remember for the next time.
    app::Settings::Export remember() const;

private:
    void buildOptionRow(bool has_alpha);
    void chooseMatte(const QColor& color);
    void showOptionsFor(app::ImageFormat format);
    app::ImageFormat chosenFormat() const;

    app::Settings::Export remembered_;
    QColor matte_;
    QWidget* option_row_ = nullptr;
    QWidget* matte_part_ = nullptr;
    QWidget* quality_part_ = nullptr;
    NumberField* quality_ = nullptr;
    QList<QWidget*> swatches_;
};

/// A file name made of the first words of a prompt and its seed, safe on every file system.
QString suggestedFileName(const inference::GenerationRequest& request);

}  // namespace ui
