// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "inference/api/model_info.h"

class QButtonGroup;

namespace ui {

class FlatButton;
class NumberField;

/// Sizes worth offering for a model: its native ones first, then the common shapes with the same number of pixels.
std::vector<inference::ImageSize> offeredSizes(const inference::ModelInfo& model);

/// Width and height: chips for the sizes the model is good at, numbers for everything else it can make.
class SizePicker final : public QWidget {
    Q_OBJECT
public:
    explicit SizePicker(QWidget* parent = nullptr);

    void setModel(const std::optional<inference::ModelInfo>& model);
    /// 0 x 0 asks for the model's own size.
    void setSize(int width, int height);
    inference::ImageSize size() const { return size_; }
    void commit();

Q_SIGNALS:
    void edited();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showChips();
    void show(inference::ImageSize size);
    void retranslate();
    inference::ImageSize nativeSize() const;
    bool isNative(inference::ImageSize size) const;

    std::optional<inference::ModelInfo> model_;
    inference::ImageSize size_;  ///< as asked: zeros stand for the model's own
    std::vector<inference::ImageSize> offered_;
    QButtonGroup* chips_ = nullptr;
    NumberField* width_ = nullptr;
    NumberField* height_ = nullptr;
    FlatButton* swap_ = nullptr;
};

}  // namespace ui
