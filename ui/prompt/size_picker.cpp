// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/size_picker.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "inference/api/generation_request.h"
#include "ui/prompt/number_field.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr std::size_t most_chips = 3;

QString sizeText(inference::ImageSize size) { return QStringLiteral("%1 × %2").arg(size.width).arg(size.height); }
}  // namespace

std::vector<inference::ImageSize> offeredSizes(const inference::ModelInfo& model) {
    std::vector<inference::ImageSize> sizes(
        model.native_sizes.begin(), model.native_sizes.begin() + static_cast<std::ptrdiff_t>(std::min(most_chips, model.native_sizes.size())));
    if (sizes.empty()) return sizes;
    const double pixels = static_cast<double>(sizes.front().width) * sizes.front().height;
    const int multiple = std::max(1, model.size_multiple);
    const auto snapped = [&](double side) { return std::max(multiple, static_cast<int>(std::lround(side / multiple)) * multiple); };
    for (const double shape : {3.0 / 2.0, 2.0 / 3.0}) {
        const inference::ImageSize size{snapped(std::sqrt(pixels * shape)), snapped(std::sqrt(pixels / shape))};
        if (sizes.size() < most_chips && std::find(sizes.begin(), sizes.end(), size) == sizes.end()) sizes.push_back(size);
    }
    return sizes;
}

SizePicker::SizePicker(QWidget* parent) : QWidget(parent) {
    chips_ = new QButtonGroup(this);
    chips_->setExclusive(false);  // none is on while the numbers say something else
    auto* chip_row = new QHBoxLayout;
    chip_row->setSpacing(theme::space_xs);
    // All of them now, whatever the model: Tab goes through a window in the order in which its parts were made.
    for (std::size_t i = 0; i < most_chips; ++i) {
        auto* chip = new QPushButton(this);
        chip->setCheckable(true);
        chip->setFocusPolicy(Qt::TabFocus);
        chips_->addButton(chip, static_cast<int>(i));
        chip_row->addWidget(chip, 1);
    }
    width_ = new NumberField(this);
    height_ = new NumberField(this);
    width_->setObjectName(QStringLiteral("width"));
    height_->setObjectName(QStringLiteral("height"));
    for (NumberField* side : {width_, height_}) {
        side->setDecimals(0);
        side->setRange(0, inference::RequestLimits::max_side);
    }
    swap_ = new FlatButton("repeat", {}, this);
    swap_->setObjectName(QStringLiteral("swap_sides"));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::space_xs);
    column->addLayout(chip_row);
    auto* sides = new QHBoxLayout;
    sides->setSpacing(theme::space_xs);
    auto* times = new QLabel(QStringLiteral("×"), this);
    times->setForegroundRole(QPalette::PlaceholderText);
    sides->addWidget(width_, 1);
    sides->addWidget(times);
    sides->addWidget(height_, 1);
    sides->addWidget(swap_);
    column->addLayout(sides);

    const auto take = [this] {
        show({static_cast<int>(width_->value()), static_cast<int>(height_->value())});
        Q_EMIT edited();
    };
    connect(width_, &NumberField::edited, this, take);
    connect(height_, &NumberField::edited, this, take);
    connect(swap_, &QToolButton::clicked, this, [this] {
        show({static_cast<int>(height_->value()), static_cast<int>(width_->value())});
        Q_EMIT edited();
    });
    connect(chips_, &QButtonGroup::idClicked, this, [this](int index) {
        show(offered_[static_cast<std::size_t>(index)]);
        Q_EMIT edited();
    });
    setModel(std::nullopt);
    retranslate();
}

void SizePicker::setModel(const std::optional<inference::ModelInfo>& model) {
    model_ = model;
    const bool known = model && !model->native_sizes.empty();
    const int multiple = known ? std::max(1, model->size_multiple) : 1;
    for (NumberField* side : {width_, height_}) {
        const QSignalBlocker quiet(side);
        side->setMultiple(multiple);
        side->setRange(known ? multiple : 0, inference::RequestLimits::max_side / multiple * multiple);
        side->setEnabled(known);
        side->setSpecialValueText(known ? QString() : QStringLiteral("–"));
    }
    swap_->setEnabled(known);
    width_->setDefault(nativeSize().width);
    height_->setDefault(nativeSize().height);
    showChips();
    retranslate();
    show(size_);
}

void SizePicker::setSize(int width, int height) { show({width, height}); }

void SizePicker::commit() {
    width_->commit();
    height_->commit();
}

inference::ImageSize SizePicker::nativeSize() const {
    return model_ && !model_->native_sizes.empty() ? model_->native_sizes.front() : inference::ImageSize{};
}

bool SizePicker::isNative(inference::ImageSize size) const {
    return model_ && std::find(model_->native_sizes.begin(), model_->native_sizes.end(), size) != model_->native_sizes.end();
}

void SizePicker::showChips() {
    offered_ = model_ ? offeredSizes(*model_) : std::vector<inference::ImageSize>{};
    for (std::size_t i = 0; i < most_chips; ++i) {
        QAbstractButton* chip = chips_->button(static_cast<int>(i));
        chip->setVisible(i < offered_.size());
        if (i < offered_.size()) chip->setText(sizeText(offered_[i]));
    }
}

void SizePicker::show(inference::ImageSize size) {
    size_ = size;
    const inference::ImageSize native = nativeSize();
    const inference::ImageSize shown{size.width > 0 ? size.width : native.width, size.height > 0 ? size.height : native.height};
    width_->setQuietly(shown.width);
    height_->setQuietly(shown.height);
    if (model_ && size.width > 0 && size.height > 0) size_ = {static_cast<int>(width_->value()), static_cast<int>(height_->value())};
    for (std::size_t i = 0; i < offered_.size(); ++i) chips_->button(static_cast<int>(i))->setChecked(offered_[i] == shown);
}

void SizePicker::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void SizePicker::retranslate() {
    const int multiple = model_ ? std::max(1, model_->size_multiple) : 1;
    const QString range = tr("%1 to %2 pixels, in steps of %1. Drag, scroll or type; double-click for the model's own size.")
                              .arg(multiple)
                              .arg(static_cast<int>(width_->maximum()));
    width_->setAccessibleName(tr("Width"));
    width_->setToolTip(tr("Width") + QLatin1Char('\n') + range);
    height_->setAccessibleName(tr("Height"));
    height_->setToolTip(tr("Height") + QLatin1Char('\n') + range);
    swap_->setName(tr("Swap width and height"));
    for (std::size_t i = 0; i < offered_.size(); ++i) {
        QAbstractButton* chip = chips_->button(static_cast<int>(i));
        const QString what = isNative(offered_[i]) ? tr("A size the model was trained on: the surest result.")
                                                   : tr("Another shape with about as many pixels. The model draws its own size best.");
        chip->setToolTip(what);
        chip->setAccessibleName(tr("Size %1 by %2").arg(offered_[i].width).arg(offered_[i].height));
    }
}

}  // namespace ui
